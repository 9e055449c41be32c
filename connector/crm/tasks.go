package crm

import "strings"

// Tasks are what is to be done about a contact.
var Tasks = newKind(Kind{
	Name: "tasks", One: "task", ByRow: true, Parent: Contacts,
	prefix: Contacts.prefix, shapes: ownShapes("task", "todo", "activity"), qualified: contactQualifiers,
}, ofContact(), []standard{
	{Field: Field{Name: FieldTitle, Type: Text}, title: "Title", required: true,
		aliases: []string{"subject", "name", "task", "tasktitle", "taskname", "tasksubject", "hstasksubject"}},
	{Field: Field{Name: FieldDue, Type: Time}, title: "Due", required: true,
		aliases: []string{"due", "deadline", "dueat", "dueon", "duedatetime", "duetime", "taskduedate", "activitydate", "hstimestamp"}},
	{Field: Field{Name: FieldBody, Type: LargeText}, title: "Description", markup: true,
		aliases: []string{"description", "details", "note", "notes", "content", "text", "comment", "comments", "taskbody", "hstaskbody"}},
	{Field: Field{Name: "completed", Type: Bool}, title: "Completed", words: completion,
		remark:  "True or false, or a status such as done, completed or closed; the time of completion is true.",
		aliases: []string{"iscompleted", "complete", "done", "isdone", "closed", "isclosed", "status", "taskstatus", "hstaskstatus", "completedat", "completedon", "completiondate", "completeddate"}},
	{Field: Field{Name: "assignedTo", Type: UserID}, title: "Assigned to",
		aliases:   []string{"assignedtoemail", "assignedtoname"},
		elsewhere: []string{"ownerid", "owner", "ownername", "owneremail", "assignee", "assigneeid", "assigneeemail", "assigneename", "userid", "hubspotownerid"},
		why:       "somebody in the source, who need not be a HighLevel user"},
})

// completion are what sources call the state of a task.
var completion = func() map[string]string {
	words := map[string]string{}
	for state, names := range map[string]string{
		"true":  "done complete completed closed finished resolved",
		"false": "open new todo pending planned active started inprogress ongoing notstarted notcompleted incomplete waiting waitingonsomeoneelse deferred onhold overdue",
	} {
		for name := range strings.FieldsSeq(names) {
			words[name] = state
		}
	}
	return words
}()
