package crm

// countries are the codes of the API's list of countries, which is not quite ISO
// 3166: it holds codes since withdrawn and lacks some that are newer. Their names
// and ISO-3 codes are those of the Unicode data.
//
// Source: the page "Country List" of the API documentation.
const countries = "AD AE AF AG AI AL AM AN AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BM BN BO BR BS BT BV BW BY BZ CA CC CD CF CG CH CI " +
	"CK CL CM CN CO CR CU CV CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ " +
	"GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR " +
	"LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE " +
	"PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR ST SV SX SY SZ TC TD TF TG TH " +
	"TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW"

// countryAliases are further names in common use, the vendor's and ISO's among
// them, as [countryKey] reduces them, by code.
var countryAliases = map[string]string{
	"AE": "uae emirates", "AN": "netherlandsantilles", "AT": "österreich", "BA": "bosnia", "BE": "belgië belgique", "BN": "bruneidarussalam",
	"BO": "boliviaplurinationalstateof", "BR": "brasil",
	"CD": "drc drcongo democraticrepublicofcongo democraticrepublicofthecongo congothedemocraticrepublicofthe", "CG": "republicofthecongo congo",
	"CH": "schweiz suisse swissconfederation", "CI": "ivorycoast", "CN": "peoplesrepublicofchina prchina mainlandchina", "CV": "caboverde",
	"CZ": "česko czechrepublic", "DE": "deutschland federalrepublicofgermany", "DK": "danmark", "ES": "españa", "FI": "suomi",
	"FK": "falklandislandsmalvinas", "FM": "micronesiafederatedstatesof", "FR": "frenchrepublic",
	"GB": "uk greatbritain britain england scotland wales northernireland unitedkingdomofgreatbritainandnorthernireland nireland " +
		"großbritannien grossbritannien grandebretagne granbretaña granbretagna grãbretanha angleterre inglaterra inghilterra",
	"GR": "el hellas", "GS": "southgeorgiaandthesouthsandwichislands", "HK": "hongkongsar hongkong", "HM": "heardislandandmcdonaldislands",
	"IE": "republicofireland eire", "IR": "iranislamicrepublicof", "IT": "italia", "JP": "nippon",
	"KP": "democraticpeoplesrepublicofkorea koreademocraticpeoplesrepublic", "KR": "republicofkorea korearepublicof korea",
	"LA": "laopdr laopeoplesdemocraticrepublic", "LY": "libyanarabjamahiriya", "MD": "moldovarepublicof",
	"MK": "northmacedonia macedoniatheformeryugoslavrepublicof", "MM": "burma", "MO": "macausar macaosar macau macao",
	"NL": "holland nederland hollande holanda olanda", "NO": "norge", "PL": "polska", "PN": "pitcairn",
	"PS": "palestine stateofpalestine palestinianterritoryoccupied palestinianterritory", "RU": "russianfederation", "SA": "kingdomofsaudiarabia ksa",
	"SE": "sverige", "SY": "syrianarabrepublic", "SZ": "eswatini", "TL": "easttimor", "TR": "türkiye",
	"TW": "republicofchina taiwanprovinceofchina", "TZ": "tanzaniaunitedrepublicof", "UM": "unitedstatesminoroutlyingislands",
	"US": "unitedstatesofamerica america eeuu eua vereinigtestaatenvonamerika étatsunisdamérique estadosunidosdeamérica statiunitidamerica estadosunidosdaamérica",
	"VA": "holysee vatican holyseevaticancitystate", "VC": "saintvincentandthegrenadines", "VE": "venezuelabolivarianrepublicof",
	"VG": "virginislandsbritish", "VI": "virginislandsus virginislands",
}
