package crm

import (
	"encoding/json"
	"testing"
)

// TestOtherLanguages: headings of German, French, Spanish, Italian, Portuguese
// and Dutch, with and without accents.
func TestOtherLanguages(t *testing.T) {
	for record, want := range map[string]string{
		`{"E-Mail-Adresse":"a@example.com","Vorname":"Ada","Nachname":"Lovelace","Handy":"2025550101","Straße und Hausnummer":"Weg 1","PLZ":"10115","Ort":"Berlin","Land":"Deutschland","Firma":"Acme","Geburtsdatum":"1990-03-15"}`: `
			{"email":"a@example.com","firstName":"Ada","lastName":"Lovelace","phone":"+492025550101","address1":"Weg 1","postalCode":"10115","city":"Berlin","country":"DE","companyName":"Acme","dateOfBirth":"1990-03-15"}`,
		`{"Courriel":"a@example.com","Prénom":"Ada","Nom":"Lovelace","Rue":"1 Rue","Code postal":"75001","Ville":"Paris","Pays":"France","Société":"Acme","Date de naissance":"1990-03-15"}`: `
			{"email":"a@example.com","firstName":"Ada","lastName":"Lovelace","address1":"1 Rue","postalCode":"75001","city":"Paris","country":"FR","companyName":"Acme","dateOfBirth":"1990-03-15"}`,
		`{"Correo electrónico":"a@example.com","Nombre":"María José","Apellidos":"García López","Código postal":"28001","Ciudad":"Madrid","País":"España","Dirección":"Calle 1"}`: `
			{"email":"a@example.com","firstName":"María José","lastName":"García López","postalCode":"28001","city":"Madrid","country":"ES","address1":"Calle 1"}`,
		`{"EMAIL":"a@example.com","NOME":"Ada","COGNOME":"Rossi","CITTÀ":"Roma","Nazione":"Italia"}`: `{"email":"a@example.com","firstName":"Ada","lastName":"Rossi","city":"Roma","country":"IT"}`,
		`{"email":"a@example.com","nome":"Ada","sobrenome":"Silva","cidade":"Porto"}`:                `{"email":"a@example.com","firstName":"Ada","lastName":"Silva","city":"Porto"}`,
		`{"email":"a@example.com","voornaam":"Ada","naam":"de Vries","woonplaats":"Delft"}`:          `{"email":"a@example.com","firstName":"Ada","lastName":"de Vries","city":"Delft"}`,
		`{"email":"a@example.com","Vorname":"Ada","Name":"Lovelace"}`:                                `{"email":"a@example.com","firstName":"Ada","lastName":"Lovelace"}`,
		`{"email":"a@example.com","Vorname":"Ada","Name":"Ada Lovelace"}`:                            `{"email":"a@example.com","firstName":"Ada","lastName":"Lovelace"}`,
		// English names and custom fields go first, whatever the order.
		`{"Vorname":"Ada","first_name":"Bob","email":"a@example.com","Courriel":"b@example.com"}`: `{"email":"a@example.com","firstName":"Bob"}`,
		`{"Vorname":"Ada","first_name":null,"email":"a@example.com"}`:                             `{"email":"a@example.com","firstName":"Ada"}`,
		`{"email":"a@example.com","Vorname":null,"Name":"Lovelace"}`:                              `{"email":"a@example.com","lastName":"Lovelace"}`,
		`{"email":"a@example.com","Nombre":"Ada","Apellidos":""}`:                                 `{"email":"a@example.com","firstName":"Ada"}`,
		`{"email":"a@example.com","Vorname":"","Name":"Ada Lovelace"}`:                            `{"email":"a@example.com","firstName":"Ada","lastName":"Lovelace"}`,
		// Inside a wrapper the same, if it counts.
		`{"attributes":{"EMAIL":"a@example.com","PRENOM":"Ada","NOM":"Lovelace"}}`:   `{"email":"a@example.com","firstName":"Ada","lastName":"Lovelace"}`,
		`{"email":"a@example.com","attributes":{"PRENOM":"Ada","NOM":"Lovelace"}}`:   `{"email":"a@example.com"}`,
		`{"contact_email":"a@example.com","contact_vorname":"A","contact_name":"Z"}`: `{"email":"a@example.com","firstName":"A","lastName":"Z"}`,
		// Words of several languages mean nothing by themselves.
		`{"email":"a@example.com","Nom":"x","Nombre":"x","Nome":"x","Naam":"x","Firma":"x","Land":"12 acres","Via":"x","Estado":"x","CAP":"x"}`: `{"email":"a@example.com"}`,
	} {
		expectValues(t, testPlan(t, nil), record, want)
		var columns map[string]any
		if err := json.Unmarshal([]byte(record), &columns); err != nil {
			t.Fatal(err)
		}
		expectValues(t, testPlan(t, func(o *PlanOptions) {
			for name := range columns {
				o.Columns = append(o.Columns, name)
			}
		}), record, want)
	}
}

// TestRenamedAccents: a cache leaves underscores of letters that it does not know.
func TestRenamedAccents(t *testing.T) {
	p := testPlan(t, func(o *PlanOptions) { o.Columns = []string{"Téléphone", "Prénom", "email", "Désinscrit"} })
	expectValues(t, p, `{"t_l_phone":"2025550101","pr_nom":"Ada","email":"a@example.com","d_sinscrit":"oui"}`,
		`{"phone":"+12025550101","firstName":"Ada","email":"a@example.com","dndSettings.Email":"active"}`)
}

// TestSharedNamesAreTold where nothing shows the language.
func TestSharedNamesAreTold(t *testing.T) {
	hints := testPlan(t, func(o *PlanOptions) { o.Columns = []string{"email", "Nom"} }).Unmatched()
	if len(hints) != 1 || hints[0] != (Hint{Column: "Nom", Nearest: "name", Why: whyShared}) {
		t.Errorf("%+v", hints)
	}
}
