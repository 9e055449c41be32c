package crm

// languageNames are folded names of columns in German, French, Spanish, Italian,
// Portuguese and Dutch, by the field that they mean. Words that mean something
// else in another language are not among them: "via", "estado", "commune". Such
// a name counts where no English one and no custom field has a value.
var languageNames = map[string][]string{
	fieldEmail: {"emailadresse", "mailadresse", "adresseemail", "adressemail", "adresseelectronique", "courriel", "adressecourriel",
		"correo", "correoelectronico", "direcciondecorreo", "direcciondecorreoelectronico", "direccionemail", "indirizzoemail",
		"postaelettronica", "indirizzodipostaelettronica", "enderecodeemail", "enderecoemail", "emailadres", "mailadres"},
	fieldPhone: {"telefon", "telefonnummer", "telefonnr", "rufnummer", "handy", "handynummer", "handynr", "mobil", "mobilnummer",
		"mobiltelefon", "mobilfunk", "mobilfunknummer", "telefonmobil", "telefonprivat",
		"numerodetelephone", "numerotelephone", "telephoneportable", "telephonemobile", "telportable", "numeroportable", "numerodeportable",
		"telefono", "telefonomovil", "telefonocelular", "movil", "celular", "numerodetelefono", "numerotelefono", "numerodecelular", "numerodemovil",
		"cellulare", "telefonocellulare", "numeroditelefono", "numerodicellulare", "numerocellulare",
		"telefone", "telefonecelular", "telemovel", "numerodetelefone", "numerodecelular", "numerodetelemovel",
		"telefoon", "telefoonnummer", "telefoonnr", "mobiel", "mobielnummer", "mobielenummer", "mobieletelefoon", "gsm", "gsmnummer"},
	fieldFirstName: {"vorname", "vornamen", "prenom", "prenoms", "nombres", "nombredepila", "primeironome", "voornaam", "voornamen"},
	fieldLastName: {"nachname", "nachnamen", "familienname", "zuname", "nomdefamille", "apellido", "apellidos", "cognome", "sobrenome",
		"achternaam", "familienaam"},
	fieldName: {"vollstandigername", "nomcomplet", "prenometnom", "prenomnom", "nombrecompleto", "nombreyapellidos", "nombreyapellido",
		"nomecompleto", "nomeecognome", "volledigenaam"},
	fieldCompany: {"firmenname", "unternehmen", "entreprise", "societe", "nomdelentreprise", "nomdelasociete", "raisonsociale",
		"empresa", "nombredelaempresa", "nombreempresa", "razonsocial", "nomedaempresa", "nomeempresa", "razaosocial",
		"azienda", "nomeazienda", "ragionesociale", "bedrijf", "bedrijfsnaam"},
	fieldStreet: {"straße", "strasse", "straßeundhausnummer", "strasseundhausnummer", "straßehausnummer", "strassehausnummer", "straßenr", "strassenr",
		"anschrift", "adresse", "adressepostale", "rue", "direccion", "calle", "domicilio", "indirizzo", "endereco", "rua", "morada", "logradouro",
		"adres", "straat", "straatnaam", "straatenhuisnummer"},
	fieldCity:     {"ort", "stadt", "wohnort", "ville", "ciudad", "localidad", "citta", "cidade", "localidade", "plaats", "woonplaats"},
	fieldState:    {"bundesland", "kanton", "provincia", "provincie"},
	fieldPostcode: {"plz", "postleitzahl", "codepostal", "codigopostal", "codpostal", "codicepostale"},
	fieldCountry:  {"pays", "pais", "nazione"},
	fieldBirthday: {"geburtsdatum", "geburtstag", "datedenaissance", "datenaissance", "fechadenacimiento", "fechanacimiento", "cumpleanos",
		"fechadecumpleanos", "datadinascita", "datanascita", "compleanno", "datadenascimento", "datanascimento", "geboortedatum"},
	fieldWebsite: {"webseite", "internetseite", "siteweb", "sitioweb", "paginaweb", "sitoweb"},
}

// sharedNames are names that mean a field only where the record has a first or
// last name in one of these languages: "Nom" is a Catalan first name and a French
// family name, "Firma" a company and a Spanish signature, "Land" may be sold. A
// name is the part that the other column does not hold.
var sharedNames = map[string][]string{
	fieldName:    {"nom", "nombre", "nome", "naam"},
	fieldCompany: {"firma"},
	fieldCountry: {"land"},
}

// whyShared is why they feed nothing elsewhere.
const whyShared = "it means different things in different languages"
