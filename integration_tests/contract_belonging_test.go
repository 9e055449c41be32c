package integration_tests

// heardOfBelongings are requests about what belongs to a contact, each with its body. $O is a note, $T a task.
const heardOfBelongings = `
GET /contacts/$C/notes < 
GET /contacts/$G/notes < 
POST /contacts/$C/notes < {"body":"called","title":"Call","userId":"sandboxUser000000000","color":"#ff0000","pinned":true}
POST /contacts/$C/notes < {}
POST /contacts/$G/notes < {"body":"called"}
GET /contacts/$C/notes/$O < 
GET /contacts/$C/notes/none < 
PUT /contacts/$C/notes/$O < {"body":"called again"}
PUT /contacts/$C/notes/$O < {"contactId":"x"}
PUT /contacts/$C/notes/none < {"body":"called"}
GET /contacts/$C/tasks < 
GET /contacts/$G/tasks < 
POST /contacts/$C/tasks < {"title":"Call","body":"soon","dueDate":"2026-10-25T11:00:00Z","completed":false,"assignedTo":"sandboxUser000000000"}
POST /contacts/$C/tasks < {"title":"Call"}
POST /contacts/$G/tasks < {"title":"Call","dueDate":"2026-10-25T11:00:00Z","completed":false}
GET /contacts/$C/tasks/$T < 
GET /contacts/$C/tasks/none < 
PUT /contacts/$C/tasks/$T < {"title":"Call again"}
PUT /contacts/$C/tasks/$T < {"contactId":"x"}
PUT /contacts/$C/tasks/none < {"title":"Call"}
PUT /contacts/$C/tasks/$T/completed < {"completed":true}
PUT /contacts/$C/tasks/$T/completed < {}
PUT /contacts/$C/tasks/none/completed < {"completed":true}
POST /locations/$L/tasks/search < {"contactId":["$C"],"limit":1000,"skip":0}
POST /locations/$L/tasks/search < {"limit":1001}
POST /locations/$L/tasks/search < [
POST /locations/elsewhere/tasks/search < {}
DELETE /contacts/$C/notes/$O < 
DELETE /contacts/$C/notes/$O < 
DELETE /contacts/$C/tasks/$T < 
DELETE /contacts/$C/tasks/$T < 
`

// belongingDefects are those of the answers about what belongs to a contact.
var belongingDefects = []defect{
	{what: "a task found is no list", why: "live rows are tasks, with _id for id (observed)", file: "locations",
		patch: `{"components":{"schemas":{"LocationTaskListSuccessfulResponseDto":{"properties":{"tasks":{"items":{"type":"object",
			"required":["_id","contactId","title","dueDate","completed"],"properties":{"_id|contactId|title|body|dueDate|assignedTo":{"type":"string"},
			"completed":{"type":"boolean"}}}}}}}}}`},
}

// heardOfOpportunities are requests about opportunities. $D is one.
const heardOfOpportunities = `
POST /opportunities/ < {"locationId":"$L","pipelineId":"plSales0000000000001","name":"Roof","status":"open","contactId":"$E","monetaryValue":5,"assignedTo":"sandboxUser000000000"}
POST /opportunities/ < {"locationId":"$L","pipelineId":"plSales0000000000001","name":"Roof","status":"open","contactId":"$E"}
POST /opportunities/ < {"locationId":"$L"}
POST /opportunities/ < {"locationId":"elsewhere"}
POST /opportunities/upsert < {"locationId":"$L","pipelineId":"plSales0000000000001","contactId":"$E"}
POST /opportunities/upsert < {"locationId":"$L","pipelineId":"plSales0000000000001","contactId":"$G"}
POST /opportunities/upsert < {"locationId":"$L"}
POST /opportunities/upsert < {"locationId":"elsewhere"}
GET /opportunities/search?location_id=$L&limit=1 < 
GET /opportunities/search?location_id=$L&q=nobody-has-this < 
GET /opportunities/search?location_id=$L&limit=101 < 
GET /opportunities/search?location_id=$L&status=new < 
GET /opportunities/search?location_id=elsewhere < 
POST /opportunities/search < {"locationId":"$L","limit":10,"filters":[]}
POST /opportunities/search < {"locationId":"$L","pageLimit":10}
POST /opportunities/search < {"locationId":"$L","filters":[{"field":"x"}]}
POST /opportunities/search < {"locationId":"elsewhere"}
GET /opportunities/pipelines?locationId=$L < 
GET /opportunities/pipelines?locationId=elsewhere < 
GET /opportunities/lost-reason?locationId=$L < 
GET /opportunities/lost-reason?locationId=$L&limit=x < 
GET /opportunities/lost-reason?locationId=elsewhere < 
GET /opportunities/$D < 
GET /opportunities/none < 
PUT /opportunities/$D < {"name":"Gutter"}
PUT /opportunities/$D < {"contactId":"x"}
PUT /opportunities/none < {}
PUT /opportunities/$D/status < {"status":"lost","lostReasonId":"lrNoAnswer0000000002"}
PUT /opportunities/$D/status < {}
PUT /opportunities/none/status < {"status":"won"}
POST /contacts/search < {"locationId":"$L","pageLimit":9}
DELETE /opportunities/$D < 
DELETE /opportunities/$D < 
`

// opportunityDefects are those about opportunities.
var opportunityDefects = []defect{
	{what: "the source of an opportunity", why: "it is stored (observed)", file: "opportunities",
		patch: `{"components":{"schemas":{"CreateDto|UpdateOpportunityDto":{"properties":{"source":{"type":"string"}}}}}}`},
	{what: "the body of a search of opportunities", why: "the vendor's page on it: filters, and nothing required but locationId and limit; page or searchAfter; contains_set of ids (observed)", file: "opportunities",
		patch: `{"components":{"schemas":{"OpportunitySearchBodyDTO":{"required":["locationId","limit"],
			"not":{"required":["page","searchAfter"]},"properties":{"limit":{"type":"integer","minimum":1,"maximum":500},
			"searchAfter":{"items":{"type":null}},"filters":{"type":"array","items":{"oneOf":[{"type":"object","required":["field","operator"],
				"properties":{"field":{"type":"string","enum":["pipeline_id","contact_id"]},"operator":{"type":"string","enum":["eq"]},"value":{"type":"string"}}},
				{"type":"object","required":["field","operator"],"properties":{"field":{"type":"string","enum":["id"]},"operator":{"type":"string","enum":["contains_set"]},
				"value":{"type":"array","minItems":1,"maxItems":100,"items":{"type":"string"}}}}]}}}}}}}`},
	{what: "null for what an opportunity has not", why: "seen in live answers", file: "opportunities",
		patch: `{"components":{"schemas":{"SearchOpportunitiesResponseSchema":{"properties":{"assignedTo|source|lostReasonId":{"nullable":true}}},
			"SearchMetaResponseSchema":{"properties":{"nextPageUrl|startAfterId|startAfter|nextPage|prevPage":{"nullable":true}}}}}}`},
	{what: "the cursor of an opportunity found", why: "a search takes one, copied from a row", file: "opportunities",
		patch: `{"components":{"schemas":{"SearchOpportunitiesResponseSchema":{"properties":{"searchAfter":{"type":"array","items":{}}}}}}}`},
	{what: "the values of an opportunity under names by type", why: "live answers have fieldValueString and others (observed)", file: "opportunities",
		patch: `{"components":{"schemas":{"CustomFieldResponseSchema":{"required":["id"],"properties":{"fieldValueString":{"type":"string"},
			"fieldValueNumber":{"type":"number"},"fieldValueArray":{"type":"array","items":{"type":"string"}}}}}}}`},
	{what: "the stages of a pipeline are no lists", why: "each has id, name and position (observed)", file: "opportunities",
		patch: `{"components":{"schemas":{"PipelinesResponseSchema":{"properties":{"stages":{"items":{"type":"object","required":["id","name"],
			"properties":{"id|name":{"type":"string"},"position":{"type":"number"}}}}}}}}}`},
	{what: "201 of a search of opportunities", why: "live answers have it, not 200 (observed)", file: "opportunities",
		patch: `{"paths":{"/opportunities/search":{"post":{"responses":{"201":{"description":"","content":{"application/json":{"schema":
			{"$ref":"#/components/schemas/PostSearchSuccessfulResponseDto"}}}}}}}}}`},
	{what: "code and meta of a second open opportunity", why: "ten or more clients rely on meta.existingId (observed)", file: "opportunities",
		patch: `{"components":{"schemas":{"BadRequestDTO":{"properties":{"code":{"type":"string"},"meta":{"type":"object","required":["existingId"],
			"properties":{"existingId":{"type":"string"}}}}}}}}`},
	{what: "status in the 400 of a missing opportunity", why: "as of a missing contact", file: "opportunities",
		patch: `{"components":{"schemas":{"BadRequestDTO":{"properties":{"status":{"type":"number"}}}}}}`},
}
