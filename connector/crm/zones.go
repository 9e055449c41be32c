package crm

// zonesByArea are the names of the IANA time zone database, in its spelling,
// under their areas. Those without an area stand in otherZoneNames.
var zonesByArea = map[string]string{
	"Africa": "Abidjan Accra Addis_Ababa Algiers Asmara Asmera Bamako Bangui Banjul Bissau Blantyre Brazzaville Bujumbura Cairo " +
		"Casablanca Ceuta Conakry Dakar Dar_es_Salaam Djibouti Douala El_Aaiun Freetown Gaborone Harare Johannesburg Juba " +
		"Kampala Khartoum Kigali Kinshasa Lagos Libreville Lome Luanda Lubumbashi Lusaka Malabo Maputo Maseru Mbabane Mogadishu " +
		"Monrovia Nairobi Ndjamena Niamey Nouakchott Ouagadougou Porto-Novo Sao_Tome Timbuktu Tripoli Tunis Windhoek",
	"America": "Adak Anchorage Anguilla Antigua Araguaina Argentina/Buenos_Aires Argentina/Catamarca Argentina/ComodRivadavia " +
		"Argentina/Cordoba Argentina/Jujuy Argentina/La_Rioja Argentina/Mendoza Argentina/Rio_Gallegos Argentina/Salta " +
		"Argentina/San_Juan Argentina/San_Luis Argentina/Tucuman Argentina/Ushuaia Aruba Asuncion Atikokan Atka Bahia " +
		"Bahia_Banderas Barbados Belem Belize Blanc-Sablon Boa_Vista Bogota Boise Buenos_Aires Cambridge_Bay Campo_Grande " +
		"Cancun Caracas Catamarca Cayenne Cayman Chicago Chihuahua Ciudad_Juarez Coral_Harbour Cordoba Costa_Rica Coyhaique " +
		"Creston Cuiaba Curacao Danmarkshavn Dawson Dawson_Creek Denver Detroit Dominica Edmonton Eirunepe El_Salvador Ensenada " +
		"Fort_Nelson Fort_Wayne Fortaleza Glace_Bay Godthab Goose_Bay Grand_Turk Grenada Guadeloupe Guatemala Guayaquil Guyana " +
		"Halifax Havana Hermosillo Indiana/Indianapolis Indiana/Knox Indiana/Marengo Indiana/Petersburg Indiana/Tell_City " +
		"Indiana/Vevay Indiana/Vincennes Indiana/Winamac Indianapolis Inuvik Iqaluit Jamaica Jujuy Juneau Kentucky/Louisville " +
		"Kentucky/Monticello Knox_IN Kralendijk La_Paz Lima Los_Angeles Louisville Lower_Princes Maceio Managua Manaus Marigot " +
		"Martinique Matamoros Mazatlan Mendoza Menominee Merida Metlakatla Mexico_City Miquelon Moncton Monterrey Montevideo " +
		"Montreal Montserrat Nassau New_York Nipigon Nome Noronha North_Dakota/Beulah North_Dakota/Center " +
		"North_Dakota/New_Salem Nuuk Ojinaga Panama Pangnirtung Paramaribo Phoenix Port-au-Prince Port_of_Spain Porto_Acre " +
		"Porto_Velho Puerto_Rico Punta_Arenas Rainy_River Rankin_Inlet Recife Regina Resolute Rio_Branco Rosario Santa_Isabel " +
		"Santarem Santiago Santo_Domingo Sao_Paulo Scoresbysund Shiprock Sitka St_Barthelemy St_Johns St_Kitts St_Lucia " +
		"St_Thomas St_Vincent Swift_Current Tegucigalpa Thule Thunder_Bay Tijuana Toronto Tortola Vancouver Virgin Whitehorse " +
		"Winnipeg Yakutat Yellowknife",
	"Antarctica": "Casey Davis DumontDUrville Macquarie Mawson McMurdo Palmer Rothera South_Pole Syowa Troll Vostok",
	"Arctic":     "Longyearbyen",
	"Asia": "Aden Almaty Amman Anadyr Aqtau Aqtobe Ashgabat Ashkhabad Atyrau Baghdad Bahrain Baku Bangkok Barnaul Beirut Bishkek " +
		"Brunei Calcutta Chita Choibalsan Chongqing Chungking Colombo Dacca Damascus Dhaka Dili Dubai Dushanbe Famagusta Gaza " +
		"Harbin Hebron Ho_Chi_Minh Hong_Kong Hovd Irkutsk Istanbul Jakarta Jayapura Jerusalem Kabul Kamchatka Karachi Kashgar " +
		"Kathmandu Katmandu Khandyga Kolkata Krasnoyarsk Kuala_Lumpur Kuching Kuwait Macao Macau Magadan Makassar Manila Muscat " +
		"Nicosia Novokuznetsk Novosibirsk Omsk Oral Phnom_Penh Pontianak Pyongyang Qatar Qostanay Qyzylorda Rangoon Riyadh " +
		"Saigon Sakhalin Samarkand Seoul Shanghai Singapore Srednekolymsk Taipei Tashkent Tbilisi Tehran Tel_Aviv Thimbu " +
		"Thimphu Tokyo Tomsk Ujung_Pandang Ulaanbaatar Ulan_Bator Urumqi Ust-Nera Vientiane Vladivostok Yakutsk Yangon " +
		"Yekaterinburg Yerevan",
	"Atlantic": "Azores Bermuda Canary Cape_Verde Faeroe Faroe Jan_Mayen Madeira Reykjavik South_Georgia St_Helena Stanley",
	"Australia": "ACT Adelaide Brisbane Broken_Hill Canberra Currie Darwin Eucla Hobart LHI Lindeman Lord_Howe Melbourne NSW North Perth " +
		"Queensland South Sydney Tasmania Victoria West Yancowinna",
	"Brazil": "Acre DeNoronha East West",
	"Canada": "Atlantic Central Eastern Mountain Newfoundland Pacific Saskatchewan Yukon",
	"Chile":  "Continental EasterIsland",
	"Etc": "GMT GMT+0 GMT+1 GMT+10 GMT+11 GMT+12 GMT+2 GMT+3 GMT+4 GMT+5 GMT+6 GMT+7 GMT+8 GMT+9 GMT-0 GMT-1 GMT-10 GMT-11 GMT-12 " +
		"GMT-13 GMT-14 GMT-2 GMT-3 GMT-4 GMT-5 GMT-6 GMT-7 GMT-8 GMT-9 GMT0 Greenwich UCT UTC Universal Zulu",
	"Europe": "Amsterdam Andorra Astrakhan Athens Belfast Belgrade Berlin Bratislava Brussels Bucharest Budapest Busingen Chisinau " +
		"Copenhagen Dublin Gibraltar Guernsey Helsinki Isle_of_Man Istanbul Jersey Kaliningrad Kiev Kirov Kyiv Lisbon Ljubljana " +
		"London Luxembourg Madrid Malta Mariehamn Minsk Monaco Moscow Nicosia Oslo Paris Podgorica Prague Riga Rome Samara " +
		"San_Marino Sarajevo Saratov Simferopol Skopje Sofia Stockholm Tallinn Tirane Tiraspol Ulyanovsk Uzhgorod Vaduz Vatican " +
		"Vienna Vilnius Volgograd Warsaw Zagreb Zaporozhye Zurich",
	"Indian": "Antananarivo Chagos Christmas Cocos Comoro Kerguelen Mahe Maldives Mauritius Mayotte Reunion",
	"Mexico": "BajaNorte BajaSur General",
	"Pacific": "Apia Auckland Bougainville Chatham Chuuk Easter Efate Enderbury Fakaofo Fiji Funafuti Galapagos Gambier Guadalcanal " +
		"Guam Honolulu Johnston Kanton Kiritimati Kosrae Kwajalein Majuro Marquesas Midway Nauru Niue Norfolk Noumea Pago_Pago " +
		"Palau Pitcairn Pohnpei Ponape Port_Moresby Rarotonga Saipan Samoa Tahiti Tarawa Tongatapu Truk Wake Wallis Yap",
	"US": "Alaska Aleutian Arizona Central East-Indiana Eastern Hawaii Indiana-Starke Michigan Mountain Pacific Samoa",
}

// windowsZones are the names that Windows gives time zones, without the words
// "Standard Time" at their end, from the Unicode locale data.
var windowsZones = map[string]string{
	"Egypt": "Africa/Cairo", "Morocco": "Africa/Casablanca", "South Africa": "Africa/Johannesburg", "South Sudan": "Africa/Juba",
	"Sudan": "Africa/Khartoum", "W. Central Africa": "Africa/Lagos", "E. Africa": "Africa/Nairobi", "Sao Tome": "Africa/Sao_Tome",
	"Libya": "Africa/Tripoli", "Namibia": "Africa/Windhoek", "Aleutian": "America/Adak", "Alaskan": "America/Anchorage",
	"Tocantins": "America/Araguaina", "Paraguay": "America/Asuncion", "Bahia": "America/Bahia", "SA Pacific": "America/Bogota",
	"Argentina": "America/Argentina/Buenos_Aires", "Venezuela": "America/Caracas", "SA Eastern": "America/Cayenne",
	"Central": "America/Chicago", "Central Brazilian": "America/Cuiaba", "Mountain": "America/Denver", "Greenland": "America/Nuuk",
	"Turks And Caicos": "America/Grand_Turk", "Central America": "America/Guatemala", "Atlantic": "America/Halifax",
	"Cuba": "America/Havana", "US Eastern": "America/Indiana/Indianapolis", "SA Western": "America/La_Paz",
	"Pacific": "America/Los_Angeles", "Saint Pierre": "America/Miquelon", "Montevideo": "America/Montevideo",
	"Eastern": "America/New_York", "US Mountain": "America/Phoenix", "Haiti": "America/Port-au-Prince",
	"Magallanes": "America/Punta_Arenas", "Canada Central": "America/Regina", "Pacific SA": "America/Santiago",
	"E. South America": "America/Sao_Paulo", "Newfoundland": "America/St_Johns", "Yukon": "America/Whitehorse", "Jordan": "Asia/Amman",
	"Arabic": "Asia/Baghdad", "Azerbaijan": "Asia/Baku", "SE Asia": "Asia/Bangkok", "Altai": "Asia/Barnaul", "Middle East": "Asia/Beirut",
	"Central Asia": "Asia/Bishkek", "India": "Asia/Kolkata", "Transbaikal": "Asia/Chita", "Sri Lanka": "Asia/Colombo",
	"Syria": "Asia/Damascus", "Bangladesh": "Asia/Dhaka", "Arabian": "Asia/Dubai", "West Bank": "Asia/Hebron", "W. Mongolia": "Asia/Hovd",
	"North Asia East": "Asia/Irkutsk", "Israel": "Asia/Jerusalem", "Afghanistan": "Asia/Kabul", "Pakistan": "Asia/Karachi",
	"Nepal": "Asia/Kathmandu", "North Asia": "Asia/Krasnoyarsk", "Magadan": "Asia/Magadan", "N. Central Asia": "Asia/Novosibirsk",
	"Omsk": "Asia/Omsk", "North Korea": "Asia/Pyongyang", "Qyzylorda": "Asia/Qyzylorda", "Myanmar": "Asia/Yangon", "Arab": "Asia/Riyadh",
	"Sakhalin": "Asia/Sakhalin", "Korea": "Asia/Seoul", "China": "Asia/Shanghai", "Singapore": "Asia/Singapore", "Taipei": "Asia/Taipei",
	"West Asia": "Asia/Tashkent", "Georgian": "Asia/Tbilisi", "Iran": "Asia/Tehran", "Tokyo": "Asia/Tokyo", "Tomsk": "Asia/Tomsk",
	"Ulaanbaatar": "Asia/Ulaanbaatar", "Vladivostok": "Asia/Vladivostok", "Yakutsk": "Asia/Yakutsk", "Ekaterinburg": "Asia/Yekaterinburg",
	"Caucasus": "Asia/Yerevan", "Azores": "Atlantic/Azores", "Cape Verde": "Atlantic/Cape_Verde", "Greenwich": "Atlantic/Reykjavik",
	"Cen. Australia": "Australia/Adelaide", "E. Australia": "Australia/Brisbane", "AUS Central": "Australia/Darwin",
	"Aus Central W.": "Australia/Eucla", "Tasmania": "Australia/Hobart", "Lord Howe": "Australia/Lord_Howe",
	"W. Australia": "Australia/Perth", "AUS Eastern": "Australia/Sydney", "Dateline": "Etc/GMT+12", "Astrakhan": "Europe/Astrakhan",
	"W. Europe": "Europe/Berlin", "GTB": "Europe/Bucharest", "Central Europe": "Europe/Budapest", "E. Europe": "Europe/Chisinau",
	"Turkey": "Europe/Istanbul", "Kaliningrad": "Europe/Kaliningrad", "FLE": "Europe/Kyiv", "GMT": "Europe/London",
	"Belarus": "Europe/Minsk", "Russian": "Europe/Moscow", "Romance": "Europe/Paris", "Saratov": "Europe/Saratov",
	"Volgograd": "Europe/Volgograd", "Central European": "Europe/Warsaw", "Mauritius": "Indian/Mauritius", "Samoa": "Pacific/Apia",
	"New Zealand": "Pacific/Auckland", "Bougainville": "Pacific/Bougainville", "Chatham Islands": "Pacific/Chatham",
	"Easter Island": "Pacific/Easter", "Fiji": "Pacific/Fiji", "Central Pacific": "Pacific/Guadalcanal", "Hawaiian": "Pacific/Honolulu",
	"Line Islands": "Pacific/Kiritimati", "Marquesas": "Pacific/Marquesas", "Norfolk": "Pacific/Norfolk",
	"West Pacific": "Pacific/Port_Moresby", "Tonga": "Pacific/Tongatapu",
}

// railsCities are zones that Rails, and what is built with it, calls by their city.
const railsCities = "America/Tijuana America/Chihuahua America/Mazatlan America/Mexico_City America/Monterrey America/Bogota America/Lima " +
	"America/Caracas America/La_Paz America/Santiago America/Argentina/Buenos_Aires America/Montevideo America/Puerto_Rico " +
	"Atlantic/Azores Europe/Dublin Europe/Lisbon Europe/London Africa/Casablanca Africa/Monrovia Europe/Belgrade Europe/Bratislava " +
	"Europe/Budapest Europe/Ljubljana Europe/Prague Europe/Sarajevo Europe/Skopje Europe/Warsaw Europe/Zagreb Europe/Brussels " +
	"Europe/Copenhagen Europe/Madrid Europe/Paris Europe/Amsterdam Europe/Berlin Europe/Zurich Europe/Rome Europe/Stockholm " +
	"Europe/Vienna Europe/Bucharest Africa/Cairo Europe/Helsinki Europe/Kyiv Europe/Riga Europe/Sofia Europe/Tallinn Europe/Vilnius " +
	"Europe/Athens Europe/Istanbul Europe/Minsk Asia/Jerusalem Africa/Harare Europe/Kaliningrad Europe/Moscow Europe/Volgograd " +
	"Europe/Samara Asia/Kuwait Asia/Riyadh Africa/Nairobi Asia/Baghdad Asia/Tehran Asia/Muscat Asia/Baku Asia/Tbilisi Asia/Yerevan " +
	"Asia/Kabul Asia/Karachi Asia/Tashkent Asia/Kolkata Asia/Kathmandu Asia/Dhaka Asia/Almaty Asia/Novosibirsk Asia/Bangkok " +
	"Asia/Jakarta Asia/Krasnoyarsk Asia/Chongqing Asia/Hong_Kong Asia/Urumqi Asia/Kuala_Lumpur Asia/Singapore Asia/Taipei " +
	"Australia/Perth Asia/Irkutsk Asia/Ulaanbaatar Asia/Seoul Asia/Tokyo Asia/Yakutsk Australia/Darwin Australia/Adelaide " +
	"Australia/Melbourne Australia/Sydney Australia/Brisbane Australia/Hobart Asia/Vladivostok Pacific/Guam Pacific/Port_Moresby " +
	"Asia/Magadan Asia/Srednekolymsk Pacific/Fiji Asia/Kamchatka Pacific/Auckland"

// otherZoneNames are further names that Rails and Windows give zones, and those
// of the IANA database without an area. Its EST, MST and their like are not
// among them: they mean the same offset all year, and people do not.
var otherZoneNames = map[string]string{
	"International Date Line West": "Pacific/Midway", "Midway Island": "Pacific/Midway", "American Samoa": "Pacific/Pago_Pago",
	"Hawaii": "Pacific/Honolulu", "Alaska": "America/Juneau", "Pacific Time (US & Canada)": "America/Los_Angeles",
	"Mountain Time (US & Canada)": "America/Denver", "Arizona": "America/Phoenix", "Central Time (US & Canada)": "America/Chicago",
	"Saskatchewan": "America/Regina", "Guadalajara": "America/Mexico_City", "Central America": "America/Guatemala",
	"Eastern Time (US & Canada)": "America/New_York", "Indiana (East)": "America/Indiana/Indianapolis", "Quito": "America/Lima",
	"Atlantic Time (Canada)": "America/Halifax", "Newfoundland": "America/St_Johns", "Brasilia": "America/Sao_Paulo",
	"Georgetown": "America/Guyana", "Greenland": "America/Nuuk", "Mid-Atlantic": "Atlantic/South_Georgia",
	"Cape Verde Is.": "Atlantic/Cape_Verde", "Edinburgh": "Europe/London", "Bern": "Europe/Zurich",
	"West Central Africa": "Africa/Algiers", "Pretoria": "Africa/Johannesburg", "St. Petersburg": "Europe/Moscow",
	"Abu Dhabi": "Asia/Muscat", "Ekaterinburg": "Asia/Yekaterinburg", "Islamabad": "Asia/Karachi", "Chennai": "Asia/Kolkata",
	"Mumbai": "Asia/Kolkata", "New Delhi": "Asia/Kolkata", "Sri Jayawardenepura": "Asia/Colombo", "Rangoon": "Asia/Yangon",
	"Hanoi": "Asia/Bangkok", "Beijing": "Asia/Shanghai", "Osaka": "Asia/Tokyo", "Sapporo": "Asia/Tokyo", "Canberra": "Australia/Sydney",
	"Solomon Is.": "Pacific/Guadalcanal", "New Caledonia": "Pacific/Noumea", "Marshall Is.": "Pacific/Majuro",
	"Wellington": "Pacific/Auckland", "Nuku'alofa": "Pacific/Tongatapu", "Tokelau Is.": "Pacific/Fakaofo",
	"Chatham Is.": "Pacific/Chatham", "Samoa": "Pacific/Apia",

	"Eastern Standard Time (Mexico)": "America/Cancun", "Mountain Standard Time (Mexico)": "America/Mazatlan",
	"Central Standard Time (Mexico)": "America/Mexico_City", "Pacific Standard Time (Mexico)": "America/Tijuana",
	"Russia Time Zone 11": "Asia/Kamchatka", "Russia Time Zone 10": "Asia/Srednekolymsk", "Russia Time Zone 3": "Europe/Samara",

	"UTC": "UTC", "GMT": "GMT", "Zulu": "UTC", "Coordinated Universal Time": "UTC", "Greenwich Mean Time": "GMT", "UCT": "UTC",
	"Universal": "UTC", "Greenwich": "GMT", "EST5EDT": "America/New_York", "CST6CDT": "America/Chicago", "MST7MDT": "America/Denver",
	"PST8PDT": "America/Los_Angeles", "Cuba": "America/Havana", "Egypt": "Africa/Cairo", "Eire": "Europe/Dublin", "GB": "Europe/London",
	"GB-Eire": "Europe/London", "Hongkong": "Asia/Hong_Kong", "Iceland": "Atlantic/Reykjavik", "Iran": "Asia/Tehran",
	"Israel": "Asia/Jerusalem", "Jamaica": "America/Jamaica", "Japan": "Asia/Tokyo", "Kwajalein": "Pacific/Kwajalein",
	"Libya": "Africa/Tripoli", "Navajo": "America/Denver", "NZ": "Pacific/Auckland", "NZ-CHAT": "Pacific/Chatham",
	"Poland": "Europe/Warsaw", "Portugal": "Europe/Lisbon", "PRC": "Asia/Shanghai", "ROC": "Asia/Taipei", "ROK": "Asia/Seoul",
	"Turkey": "Europe/Istanbul", "W-SU": "Europe/Moscow",
}
