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
