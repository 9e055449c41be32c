package integration_tests

// pending are the files of testdata that are not right yet. One that has become right fails its test, so that it is taken out here.
var pending = []string{
	"cases/siblings/delete-and-insert-in-one-sync",
	"cases/siblings/insert-and-delete-in-one-sync",
	"cases/siblings/match-email-shared-phone",
	"cases/siblings/match-email-shared-phone-location-by-phone",
	"cases/siblings/match-email-two-share-a-phone",
	"cases/siblings/match-phone-shared-email",
	"cases/siblings/numbers-german-phones",
	"cases/siblings/numbers-phones-of-web-pages",
}
