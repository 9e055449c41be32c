package crm

import "slices"

// Kind describes an object of the CRM as data: its fields, a row each. What a
// [Plan] does follows from the fields that a kind has, never from its name: to a
// kind without tags none are added, and of one without a first and a last name no
// name is split. A Kind does not change and is safe for concurrent use.
type Kind struct {
	Name    string   // "contacts"
	One     string   // "contact": how messages call one
	MatchOn []string // the fields that identify one, if the user does not say
	ByRow   bool     // one is known by the primary key of its row in the source, and by no field
	Parent  *Kind    // what each of them belongs to, nil if to nothing: see [Desired.Parent]

	standards []standard
	prefix    string // begins the keys of custom fields: "contact."
	shapes    shapes // by folded name
	qualified map[Type]qualifiers
	// The types of emails, numbers and addresses in lists that are not the object's
	// own.
	foreignTypes, foreignPlaces []string
}

// standard is one standard field of a kind: all that this package knows of it by
// name. A further field is a further row of its kind.
type standard struct {
	Field
	title  string
	remark string // what is particular about it

	// aliases are folded names of columns that mean the field too.
	aliases []string
	// parts are folded names that mean it among the parts of an address, or of a
	// name.
	parts []string
	// elsewhere are folded names that mean it in a configuration, but something
	// else in the columns of some sources; why says what.
	elsewhere []string
	why       string

	// words are folded texts that mean an option, by its label, or "true" or "false".
	words map[string]string

	key      bool              // it identifies an object, if match_on names it
	required bool              // nothing is created without it
	filled   bool              // a default of the configuration fills it
	parent   bool              // it finds what the object belongs to, and is no value of its own
	loose    bool              // values that differ only in case and blanks are equal
	doubtful bool              // a valid value may mean something else even under its own name: see [foreign]
	when     When              // a column is written so unless a mapping says otherwise
	markup   bool              // values that differ only in markup and blanks around lines are equal
	noKeys   bool              // a number in a column of another name is a key of the source: organization: 77
	form     func(string) bool // what an id of HighLevel looks like, which is taken from a column of another name too
	part     part              // what it tells of an address
	// read brings a text into the form of the field; rule is why it was changed.
	read    func(string) (text, rule string)
	linksTo string // the kind of a Link's other end

	untold, untaken Endpoints // whose answers do not tell it, and those that do not take it
}

// LinksTo is the name of the kind of object that a [Link] leads to.
func (f *Field) LinksTo() string { return f.about().linksTo }

// Endpoints are ways to ask the API about an object.
type Endpoints uint8

// The ways there are.
const (
	Create Endpoints = 1 << iota
	Update
	Upsert
	Read
	Search
)

// Told reports whether the answer of one of these endpoints tells the field.
func (f *Field) Told(by Endpoints) bool { return f.about().untold&by != by }

// Taken reports whether one of these endpoints takes a value of the field.
func (f *Field) Taken(by Endpoints) bool { return f.about().untaken&by != by }

// part is what a field tells of where somebody is.
type part uint8

const (
	noPart part = iota
	partStreet
	partCity
	partState
	partCountry
	partPostcode
	partTimezone
	partCount
)

func newKind(k Kind, standards ...[]standard) *Kind {
	k.standards = slices.Concat(standards...)
	for i := range k.standards {
		k.standards[i].standard = &k.standards[i]
	}
	return &k
}

// address are the rows of an address, whose first line is called street. A default
// country fills it if filled. code are names that mean the postal code among its
// parts.
func address(street string, filled bool, code ...string) []standard {
	return []standard{
		{Field: Field{Name: street, Type: Text}, title: "Street address", part: partStreet,
			aliases: []string{"address", "address1", "street", "streetaddress", "addressline1", "addrline1", "addr1", "streetname", "street1", "streetaddress1", "streetline1"},
			parts:   []string{"line1", "line", "addressline", "addresslines", "addr", "thoroughfare"}},
		{Field: Field{Name: fieldCity, Type: Text}, title: "City", part: partCity, noKeys: true,
			aliases: []string{"town", "cityname"}, parts: []string{"locality", "municipality", "suburb"}},
		{Field: Field{Name: fieldState, Type: Text}, title: "State", part: partState, doubtful: true,
			aliases: []string{"province", "region", "statecode", "provincecode", "regioncode", "statename", "provincename", "stateabbreviation", "stateabbr"},
			parts:   []string{"administrativedistrictlevel1", "administrativearea", "administrativearealevel1", "county", "countrysubdivisioncode"}},
		{Field: Field{Name: fieldCountry, Type: Country}, title: "Country", part: partCountry, filled: filled,
			aliases: []string{"countrycode", "countryname", "countryregion", "countryorregion", "countrycodev2", "countryiso2", "countryiso3", "isocountrycode"}, parts: []string{"countryiso", "countrycodeiso2"}},
		{Field: Field{Name: fieldPostcode, Type: Text}, title: "Postal code", part: partPostcode,
			aliases: []string{"zip", "zipcode", "zip5", "postcode", "postal"}, parts: code},
	}
}

// Fields returns the standard fields, the object's own id included. The caller
// owns the result.
func (k *Kind) Fields() []Field {
	fields := make([]Field, len(k.standards))
	for i, s := range k.standards {
		fields[i] = s.Field
	}
	return fields
}

// Table is the table of an object's fields in a location that has these custom
// ones.
func (k *Kind) Table(custom ...Field) *Table { return newTable(k, append(k.Fields(), custom...)) }

// Keys are the standard fields that match_on may name.
func (k *Kind) Keys() []string { return k.names(func(s *standard) bool { return s.key }) }

// Required are the fields without which nothing is created.
func (k *Kind) Required() []string { return k.names(func(s *standard) bool { return s.required }) }

func (k *Kind) names(of func(*standard) bool) (names []string) {
	for i := range k.standards {
		if s := &k.standards[i]; of(s) {
			names = append(names, s.Name)
		}
	}
	return names
}

// identifies reports whether a field is one of those that tell objects of the
// kind apart in any case: a wrapper that holds one is about such an object.
func (k *Kind) identifies(f *Field) bool {
	return !f.Custom && (f.about().parent || slices.Contains(k.MatchOn, f.Name))
}

// about is what is known of a field by name; nothing of a custom one.
func (f *Field) about() *standard {
	if f.standard == nil {
		return &unknown
	}
	return f.standard
}

var unknown standard
