package integration_tests

// defect is a place where the vendor's files are not what the API does, with its repair. The reasons are observations against the
// live API or the vendor's own pages; ../shared/contracts/ghl-api.md has their sources.
type defect struct {
	what, why string
	file      string   // "" is each file
	patch     string   // as mergePatch takes it
	older     []string // schemas to take from the older edition
}

var defects = []defect{
	// Of requests.
	{what: "the {type} of bulk tags", why: "an older edition declares it: add or remove", file: "contacts",
		patch: `{"paths":{"/contacts/bulk/tags/update/{type}":{"post":{"parameters":[
			{"name":"Version","in":"header","required":true,"schema":{"type":"string","enum":["2021-07-28"]}},
			{"name":"type","in":"path","required":true,"schema":{"type":"string","enum":["add","remove"]}}]}}}}`},
	{what: "the token of bulk calls", why: "no security is declared; every operation wants a token", file: "contacts",
		patch: `{"paths":{"/contacts/bulk/tags/update/{type}|/contacts/bulk/business":{"post":{"security":[{"bearer":["contacts.write"]}]}}}}`},
	{what: "the body of a search", why: "its schema is empty; the vendor's page on search describes it; contains_set of ids: many clients (observed)", file: "contacts",
		patch: `{"components":{"schemas":{"SearchBodyV2DTO":{"required":["locationId","pageLimit"],"properties":{
			"locationId":{"type":"string"},"pageLimit":{"type":"integer","minimum":1,"maximum":500},"page":{"type":"integer","minimum":1},
			"searchAfter":{"type":"array","items":{}},"filters":{"type":"array","items":{"$ref":"#/components/schemas/Filter"}},
			"sort":{"type":"array","maxItems":2,"items":{"type":"object","required":["field","direction"],
				"properties":{"field":{"type":"string"},"direction":{"type":"string","enum":["asc","desc"]}}}},
			"query":{"type":"string","maxLength":75}}},
			"Filter":{"oneOf":[
				{"type":"object","required":["group","filters"],"properties":{"group":{"type":"string","enum":["AND","OR"]},
					"filters":{"type":"array","items":{"$ref":"#/components/schemas/Filter"}}}},
				{"type":"object","required":["field","operator"],"properties":{"field":{"type":"string"},
					"operator":{"type":"string","enum":["eq","not_eq","contains","not_contains","exists","not_exists","range","nested"]},
					"value":{"anyOf":[{"type":"string","maxLength":75},{"type":"number"},{"type":"boolean"},{"type":"object"}]}}},
				{"type":"object","required":["field","operator","value"],"properties":{"field":{"type":"string","enum":["id"]},
					"operator":{"type":"string","enum":["contains_set"]},"value":{"type":"array","minItems":1,"maxItems":200,"items":{"type":"string"}}}}]}}}}`},
	{what: "dateOfBirth is no object", why: "the field's own text lists the forms of a date that it takes", file: "contacts",
		patch: `{"components":{"schemas":{"CreateContactDto|UpdateContactDto|UpsertContactDto":{"properties":{"dateOfBirth":{"type":"string"}}}}}}`},
	{what: "value in a custom field", why: "no schema has dates; they were seen to arrive so only, and to be cleared by null", file: "contacts",
		patch: `{"components":{"schemas":{"TextField":{"properties":{"value":{"type":"string","nullable":true}}}}}}`},
	{what: "a number in a custom field is no object", why: "the examples beside the type are 100 and 100.5", file: "contacts",
		patch: `{"components":{"schemas":{"NumericField|MonetoryField":{"properties":{"field_value":{"type":"number"}}}}}}`},

	// Of the answers about contacts.
	{what: "the answer of a search", why: "it has no schema; an older edition has one", file: "contacts",
		older: []string{"SearchContactSuccessResponseDto", "Contact", "ContactOpportunity"},
		patch: `{"paths":{"/contacts/search":{"post":{"responses":{"200":{"content":{"application/json":{"schema":
			{"$ref":"#/components/schemas/SearchContactSuccessResponseDto"}}}}}}}}}`},
	{what: "null for what is empty in a search", why: "seen in live answers", file: "contacts",
		patch: `{"components":{"schemas":{"Contact":{"properties":{"assignedTo|businessId|businessName|city|companyName|country|email|firstName|lastName|phone|postalCode|source|state|type|website|address|dateOfBirth|phoneLabel|validEmail":{"nullable":true}}}}}}`},
	{what: "the cursor of a search holds a number", why: "the time of the contact and its id, says the vendor's page on search", file: "contacts",
		patch: `{"components":{"schemas":{"Contact":{"properties":{"searchAfter":{"items":{"type":null}}}}}}}`},
	{what: "where a contact came from, in a search", why: "the vendor's page on search lists both", file: "contacts",
		patch: `{"components":{"schemas":{"Contact":{"properties":{"attributionSource|lastAttributionSource":{"type":"object","nullable":true}}}}}}`},
	{what: "the answer about a duplicate", why: "it has no schema; a contact or null (observed)", file: "contacts",
		patch: `{"paths":{"/contacts/search/duplicate":{"get":{"responses":{"200":{"content":{"application/json":{"schema":{"type":"object",
			"required":["contact"],"properties":{"traceId":{"type":"string"},
			"contact":{"nullable":true,"allOf":[{"$ref":"#/components/schemas/GetContectByIdSchema"}]}}}}}}}}}}}`},
	{what: "the value of a custom field is not always text", why: "the vendor's page on its webhooks: string, number, list or object", file: "contacts",
		patch: `{"components":{"schemas":{"CustomFieldSchema":{"properties":{"value":{"type":null,
			"oneOf":[{"type":"string"},{"type":"number"},{"type":"array","items":{"type":"string"}},{"type":"object"}]}}}}}}`},
	{what: "further addresses and followers of a contact", why: "live answers carry them (observed)", file: "contacts",
		patch: `{"components":{"schemas":{"GetContectByIdSchema":{"properties":{
			"additionalEmails|additionalPhones|followers":{"type":"array","items":{"type":"string"}}}}}}}`},
	{what: "inboundDndSettings of a contact", why: "it can be written, and live answers carry it (observed)", file: "contacts",
		patch: `{"components":{"schemas":{"GetContectByIdSchema":{"properties":{"inboundDndSettings":{"$ref":"#/components/schemas/InboundDndSettingsSchema"}}}}}}`},
	{what: "the results of bulk tags", why: "one object for each contact, not a text (the description's own example)", file: "contacts",
		patch: `{"components":{"schemas":{"UpdateTagsResponseDTO":{"properties":{"responses":{"items":{"type":"object",
			"required":["contactId","message","type"],"properties":{"contactId|message":{"type":"string"},"type":{"type":"string","enum":["success","error"]},
			"oldTags|tagsAdded|tagsRemoved":{"type":"array","items":{"type":"string"}}}}}}}}}}`},
	{what: "what a change of one contact's tags did", why: "live answers add it (observed)", file: "contacts",
		patch: `{"components":{"schemas":{"CreateAddTagSuccessfulResponseDto":{"properties":{"tagsAdded":{"type":"array","items":{"type":"string"}}}},
			"CreateDeleteTagSuccessfulResponseDto":{"properties":{"tagsRemoved":{"type":"array","items":{"type":"string"}}}}}}}`},
	{what: "a listing has meta, not count", why: "seen in live answers, with the schema that nothing refers to", file: "contacts",
		patch: `{"components":{"schemas":{"ContactsSearchSuccessfulResponseDto":{"properties":{"count":null,"meta":{"type":"object","required":["total"],
			"properties":{"total|currentPage":{"type":"number"},"nextPageUrl|startAfterId":{"type":"string","nullable":true},
			"startAfter|nextPage|prevPage":{"type":"number","nullable":true}}}}}}}}`},
	{what: "most fields of a listing", why: "the schema has a third of those in live answers", file: "contacts",
		patch: `{"components":{"schemas":{"ContactsSearchSchema":{"properties":{
			"address1|assignedTo|city|companyName|dateOfBirth|phone|postalCode|state|type|website":{"type":"string","nullable":true},
			"contactName|dateUpdated|firstName|firstNameRaw|lastName|lastNameRaw":{"type":"string"},"dnd":{"type":"boolean"},
			"startAfter":{"type":"array","items":{}}}}}}}`},
	{what: "null for what is empty in a listing", why: "seen in live answers", file: "contacts",
		patch: `{"components":{"schemas":{"ContactsSearchSchema":{"properties":{"businessId|country|email|source|timezone":{"nullable":true}}}}}}`},

	// Of other answers.
	{what: "the boxes of a TEXTBOX_LIST", why: "a field made of textBoxListOptions lists them as objects; search asks for them by their ids", file: "locations",
		patch: `{"components":{"schemas":{"CustomFieldSchema":{"properties":{"picklistOptions":{"items":{"type":null,"anyOf":[{"type":"string"},
			{"type":"object","required":["id","label"],"properties":{"id":{"type":"string"},"label":{"type":"string"},"prefillValue":{"type":"string"}}}]}}}}}}}`},
	{what: "traceId in what succeeds", why: "live answers carry it (observed by many)",
		patch: `{"components":{"schemas":{"*Success*|*Response*|UpdateTagsResponseDTO":{"properties":{"traceId":{"type":"string"}}}}}}`},
	{what: "traceId in what fails", why: "live answers carry it (observed by many)",
		patch: `{"components":{"schemas":{"BadRequestDTO|UnauthorizedDTO|UnprocessableDTO":{"properties":{"traceId":{"type":"string"}}}}}}`},
	{what: "error in a 400", why: "live answers carry it as other errors do (observed)",
		patch: `{"components":{"schemas":{"BadRequestDTO":{"properties":{"error":{"type":"string"}}}}}}`},
	{what: "status in the 400 of a missing contact", why: "the shape of this one error (observed)", file: "contacts",
		patch: `{"components":{"schemas":{"BadRequestDTO":{"properties":{"status":{"type":"number"}}}}}}`},
	{what: "meta in the 400 of a duplicate", why: "it names the contact that there is (observed by many)", file: "contacts",
		patch: `{"components":{"schemas":{"BadRequestDTO":{"properties":{"meta":{"type":"object","required":["contactId","matchingField"],
			"properties":{"contactId|contactName":{"type":"string"},"matchingField":{"type":"string","enum":["email","phone"]}}}}}}}}`},
	{what: "201 of an upsert that creates", why: "seen by some clients", file: "contacts",
		patch: `{"paths":{"/contacts/upsert":{"post":{"responses":{"201":{"description":"","content":{"application/json":{"schema":
			{"$ref":"#/components/schemas/UpsertContactsSuccessfulResponseDto"}}}}}}}}}`},
	{what: "429", why: "no operation declares it; the vendor's page on limits does, and its body has no error (observed)",
		patch: `{"paths":{"*":{"*":{"responses":{"429":{"description":"","content":{"application/json":{"schema":{"type":"object",
			"properties":{"statusCode":{"type":"number"},"message":{"type":"string"}}}}}}}}}}}`},
	{what: "403", why: "no operation declares it; it refuses another location (observed) and a token of the wrong class (observed)",
		patch: `{"paths":{"*":{"*":{"responses":{"403":{"description":"","content":{"application/json":{"schema":
			{"$ref":"#/components/schemas/UnauthorizedDTO"}}}}}}}}}`},
	{what: "the 400 and 401 of a search have no schema", why: "they are as those of other operations (observed)", file: "contacts",
		patch: `{"paths":{"/contacts/search":{"post":{"responses":{"400":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/BadRequestDTO"}}}},
			"401":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/UnauthorizedDTO"}}}}}}}}}`},
	{what: "422 of a search", why: "a search without pageLimit or locationId gets one (observed)", file: "contacts",
		patch: `{"paths":{"/contacts/search":{"post":{"responses":{"422":{"description":"","content":{"application/json":{"schema":
			{"$ref":"#/components/schemas/UnprocessableDTO"}}}}}}}}}`},
	{what: "401 of bulk calls", why: "as with every operation that wants a token", file: "contacts",
		patch: `{"paths":{"/contacts/bulk/tags/update/{type}|/contacts/bulk/business":{"post":{"responses":{"401":{"description":"","content":{"application/json":{"schema":
			{"$ref":"#/components/schemas/UnauthorizedDTO"}}}}}}}}}`},
	{what: "404 of a custom field", why: "what an unknown one gets is written down nowhere", file: "locations",
		patch: `{"paths":{"/locations/{locationId}/customFields/{id}":{"get":{"responses":{"404":{"description":"","content":{"application/json":{"schema":
			{"$ref":"#/components/schemas/UnauthorizedDTO"}}}}}}}}}`},

	// Of businesses.
	{what: "the body of a record", why: "its schema is empty; live bodies have these properties and no others (observed)", file: "objects",
		patch: `{"components":{"schemas":{"CreateCustomObjectRecordDto":{"required":["locationId","properties"],"properties":{"locationId":{"type":"string"},"properties":{"type":"object"}}},
			"UpdateCustomObjectRecordDto":{"required":["properties"],"properties":{"properties":{"type":"object"}}}}}}`},
	{what: "400 of a link to a business that is not there", why: "an id that is none gets one (observed of businesses)", file: "contacts",
		patch: `{"paths":{"/contacts/bulk/business":{"post":{"responses":{"400":{"description":"","content":{"application/json":{"schema":
			{"$ref":"#/components/schemas/BadRequestDTO"}}}}}}}}}`},
	{what: "success of a listing of businesses", why: "live answers carry it (observed)", file: "businesses",
		patch: `{"components":{"schemas":{"GetBusinessByLocationResponseDto":{"properties":{"success":{"type":"boolean"}}}}}}`},
	{what: "customFields of a business", why: "live answers carry them, with values under names that differ by type (observed)", file: "businesses",
		patch: `{"components":{"schemas":{"BusinessDto":{"properties":{"customFields":{"type":"array","items":{"type":"object"}}}}}}}`},
	{what: "the properties of a record are no text", why: "the example beside the type is an object", file: "objects",
		patch: `{"components":{"schemas":{"IRecordSchema|RecordResponseDTO":{"properties":{"properties":{"type":"object"}}}}}}`},
	{what: "the errorCode of a record that lacks a property", why: "live answers carry it (observed)", file: "objects",
		patch: `{"components":{"schemas":{"BadRequestDTO":{"properties":{"errorCode":{"type":"string"}}}}}}`},
	{what: "201 of a search of records", why: "live answers have it, not 200 (observed)", file: "objects",
		patch: `{"paths":{"/objects/{schemaKey}/records/search":{"post":{"responses":{"201":{"description":"","content":{"application/json":{"schema":
			{"$ref":"#/components/schemas/SearchRecordResponseDTO"}}}}}}}}}`},
	{what: "422 of records", why: "it refuses properties that should not exist and values of another form (observed)", file: "objects",
		patch: `{"paths":{"*":{"put|post":{"responses":{"422":{"description":"","content":{"application/json":{"schema":
			{"$ref":"#/components/schemas/UnprocessableDTO"}}}}}}}}}`},
	{what: "404 of records", why: "it says that there is no such object (observed)", file: "objects",
		patch: `{"paths":{"*":{"*":{"responses":{"404":{"description":"","content":{"application/json":{"schema":{"$ref":"#/components/schemas/UnauthorizedDTO"}}}}}}}}}`},
	{what: "422 of a field of an object", why: "as with every body that lacks what is required", file: "custom-fields",
		patch: `{"paths":{"*":{"post":{"responses":{"422":{"description":"","content":{"application/json":{"schema":{"$ref":"#/components/schemas/UnprocessableDTO"}}}}}}}}}`},
	{what: "404 of the fields of an object", why: "as with records", file: "custom-fields",
		patch: `{"paths":{"*":{"*":{"responses":{"404":{"description":"","content":{"application/json":{"schema":{"$ref":"#/components/schemas/UnauthorizedDTO"}}}}}}}}}`},
	{what: "the cursor of records holds an id", why: "as that of a search of contacts; the example beside the type has one", file: "objects",
		patch: `{"components":{"schemas":{"RecordResponseDTO":{"properties":{"searchAfter":{"items":{"type":null}}}}}}}`},
	{what: "a folder is no field", why: "the folder schema beside it has what a folder has", file: "custom-fields",
		patch: `{"components":{"schemas":{"CustomFieldsResponseDTO":{"properties":{"folders":{"items":{"$ref":null,"type":"object",
			"required":["id","objectKey","locationId","name"],"properties":{"id|objectKey|locationId|name":{"type":"string"}}}}}}}}}`},
}
