package ghl

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
)

// childCalls are the calls about one kind of child, of the contact c1.
type childCalls struct {
	kind   childKind
	list   func(*Client) ([]Child, error)
	create func(*Client, map[string]any) (Child, error)
	update func(*Client, map[string]any) (Child, error) // of k1
	remove func(*Client) error                          // of k1
}

func childrenCalls(t *testing.T) []childCalls {
	return []childCalls{
		{noteKind, func(c *Client) ([]Child, error) { return c.Notes(t.Context(), "c1") },
			func(c *Client, fields map[string]any) (Child, error) { return c.CreateNote(t.Context(), "c1", fields) },
			func(c *Client, fields map[string]any) (Child, error) {
				return c.UpdateNote(t.Context(), "c1", "k1", fields)
			},
			func(c *Client) error { return c.DeleteNote(t.Context(), "c1", "k1") }},
		{taskKind, func(c *Client) ([]Child, error) { return c.Tasks(t.Context(), "c1") },
			func(c *Client, fields map[string]any) (Child, error) { return c.CreateTask(t.Context(), "c1", fields) },
			func(c *Client, fields map[string]any) (Child, error) {
				return c.UpdateTask(t.Context(), "c1", "k1", fields)
			},
			func(c *Client) error { return c.DeleteTask(t.Context(), "c1", "k1") }},
	}
}

// bareChild has a title and nothing else.
func bareChild(k childKind, id string) Child {
	c := Child{ID: id, ContactID: "c1", Fields: map[string]any{}}
	for _, field := range k.fields {
		c.Fields[field] = nil
	}
	c.Fields["title"] = "T"
	return c
}

func TestChildren(t *testing.T) {
	for _, of := range childrenCalls(t) {
		path := "/contacts/c1/" + of.kind.many
		want := bareChild(of.kind, "k1")
		one := `{"` + of.kind.one + `":{"id":"k1","title":"T","contactId":"c1"}}`

		got := once(t, 200, `{"`+of.kind.many+`":[{"id":"k1","title":"T"},{"id":"k2","title":"T","contactId":"c1"}]}`, func(c *Client) error {
			all, err := of.list(c)
			if !reflect.DeepEqual(all, []Child{want, bareChild(of.kind, "k2")}) {
				t.Errorf("listed %+v", all)
			}
			return err
		})
		expect(t, got, "GET", path, "")

		fields := map[string]any{"title": "T", "body": nil, "completed": false}
		const sent = `{"body":"","completed":false,"title":"T"}`
		for _, tt := range []struct {
			call                 func(*Client, map[string]any) (Child, error)
			status               int
			method, path, answer string
			want                 Child
		}{
			{of.create, 201, "POST", path, one, want},
			{of.update, 200, "PUT", path + "/k1", one, want},
			{of.update, 200, "PUT", path + "/k1", `{}`, Child{ID: "k1", ContactID: "c1", Fields: map[string]any{}}},
		} {
			got := once(t, tt.status, tt.answer, func(c *Client) error {
				told, err := tt.call(c, fields)
				if !reflect.DeepEqual(told, tt.want) {
					t.Errorf("%s: got %+v, want %+v", tt.method, told, tt.want)
				}
				return err
			})
			expect(t, got, tt.method, tt.path, sent)
		}
		expect(t, once(t, 200, `{"succeded":true}`, of.remove), "DELETE", path+"/k1", "")
	}
}

// TestChildrenRefused: what answers that are refusals, or no answers to what was asked, mean.
func TestChildrenRefused(t *testing.T) {
	for _, of := range childrenCalls(t) {
		list := func(c *Client) error { _, err := of.list(c); return err }
		create := func(c *Client) error { _, err := of.create(c, nil); return err }
		update := func(c *Client) error { _, err := of.update(c, nil); return err }
		one, many := of.kind.one, of.kind.many
		for _, tt := range []struct {
			call   func(*Client) error
			status int
			answer string
			want   Kind
		}{
			{list, 200, `{}`, Bug},
			{list, 200, `[]`, Bug},
			{list, 200, `{"` + many + `":null}`, Bug},
			{list, 200, `{"` + many + `":7}`, Bug},
			{list, 200, `{"` + many + `":["k1"]}`, Bug},
			{list, 200, `{"` + many + `":[{"title":"T","contactId":"c1"}]}`, Bug},
			{list, 200, `{"` + many + `":[{"id":"k1","contactId":"c2"}]}`, Bug},
			{list, 400, `{"message":"Contact with id c1 not found"}`, Gone},
			{list, 404, `{}`, Gone},
			{list, 401, `{"message":"The token is not authorized for this scope."}`, ScopeMissing},
			{create, 201, `{"` + one + `":{"id":"k1","contactId":"c2"}}`, Ambiguous},
			{create, 201, `{"succeded":false}`, Ambiguous},
			{create, 400, `{"message":"Contact not found"}`, Gone},
			{create, 422, `{"message":["body should not be empty"]}`, Rejected},
			{update, 400, `{"error":"` + one + ` with id k1 not found"}`, Gone},
			{update, 404, ``, Gone},
			{update, 422, `{"message":["title must be a string"]}`, Rejected},
			{update, 200, `{"succeded":false}`, Rejected},
			{of.remove, 404, `{"message":"no"}`, Gone},
			{of.remove, 200, `{"succeded":false}`, Rejected},
		} {
			if err := tt.call(newTestClient(t, scripted(say(tt.status, tt.answer)))); err == nil || KindOf(err) != tt.want {
				t.Errorf("%s, %d %s: %v, want %s", one, tt.status, tt.answer, err, tt.want)
			}
		}
	}
}

// TestWritesOfChildrenAreRepeatedWhereThatIsSafe: a second create would be a double, a second update or delete does nothing.
func TestWritesOfChildrenAreRepeatedWhereThatIsSafe(t *testing.T) {
	for i, kind := range []childKind{noteKind, taskKind} {
		for name, step := range map[string]*script{
			"503": scripted(say(503, `{}`)), "no id": scripted(say(201, `{"`+kind.one+`":{}}`)), "another form": scripted(say(201, `[]`)), "cut": scripted(sayCut(201, `{"no`)),
		} {
			synctest.Test(t, func(t *testing.T) {
				_, err := childrenCalls(t)[i].create(newTestClient(t, step), nil)
				if KindOf(err) != Ambiguous || len(step.seen) != 1 {
					t.Errorf("%s, %s: %v after %d requests", kind.one, name, err, len(step.seen))
				}
			})
		}
		synctest.Test(t, func(t *testing.T) {
			of := childrenCalls(t)[i]
			s := scripted(say(503, ``), say(200, `{}`))
			if _, err := of.update(newTestClient(t, s), nil); err != nil || len(s.seen) != 2 {
				t.Errorf("update: %v after %d requests", err, len(s.seen))
			}
			s = scripted(say(503, ``), say(404, ``))
			if err := of.remove(newTestClient(t, s)); err != nil || len(s.seen) != 2 {
				t.Errorf("delete: %v after %d requests", err, len(s.seen))
			}
		})
	}
}

func TestIDsThatCannotBeInAPath(t *testing.T) {
	for id, want := range map[string]Kind{"": Bug, "..": Gone, "a/b": Gone} {
		s := scripted(say(200, `{}`))
		c := newTestClient(t, s)
		for _, err := range []error{c.DeleteNote(t.Context(), id, "k1"), c.DeleteNote(t.Context(), "c1", id)} {
			if err == nil || KindOf(err) != want || len(s.seen) > 0 {
				t.Errorf("%q: %v after %d requests", id, err, len(s.seen))
			}
		}
	}
}

// tasksFrom is a page of n tasks of a contact whose ids are the numbers from first on.
func tasksFrom(first, n int, contact string) string {
	rows := make([]string, n)
	for i := range rows {
		rows[i] = fmt.Sprintf(`{"_id":"%d","contactId":"%s"}`, first+i, contact)
	}
	return `{"tasks":[` + strings.Join(rows, ",") + `]}`
}

func TestSearchTasks(t *testing.T) {
	s := scripted(say(200, tasksFrom(0, 1000, "c1")), say(200, tasksFrom(999, 3, "c2")))
	tasks, err := newTestClient(t, s).SearchTasks(t.Context(), []string{"c1", "c2"})
	if err != nil || len(tasks) != 1002 || tasks[0].ID != "0" || tasks[1001].ContactID != "c2" {
		t.Fatalf("%d tasks, %v", len(tasks), err)
	}
	for i, skip := range []string{"0", "1000"} {
		expect(t, s.seen[i], "POST", "/locations/loc1/tasks/search", `{"contactId":["c1","c2"],"limit":1000,"skip":`+skip+`}`)
	}
	for what, answer := range map[string]string{
		"a page that repeats": tasksFrom(0, 1000, "c1"), "too many": tasksFrom(0, 1001, "c1"), "no list": `{}`, "another form": `{"tasks":{}}`,
		"another contact's": tasksFrom(0, 1, "c3"), "nobody's": tasksFrom(0, 1, ""), "no id": `{"tasks":[{"contactId":"c1"}]}`,
	} {
		if tasks, err := newTestClient(t, scripted(say(200, answer))).SearchTasks(t.Context(), []string{"c1", "c2"}); err == nil || KindOf(err) != Bug || tasks != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestTasksFrom: a page of the tasks of all contacts, whoever they are.
func TestTasksFrom(t *testing.T) {
	s := scripted(say(200, tasksFrom(0, 2, "c1")))
	tasks, err := newTestClient(t, s).TasksFrom(t.Context(), 1000)
	if err != nil || len(tasks) != 2 || tasks[1].ContactID != "c1" {
		t.Fatalf("%v, %v", tasks, err)
	}
	expect(t, s.seen[0], "POST", "/locations/loc1/tasks/search", `{"limit":1000,"skip":1000}`)
	for what, answer := range map[string]string{"too many": tasksFrom(0, 1001, "c1"), "no list": `{}`, "no id": `{"tasks":[{"contactId":"c1"}]}`} {
		if tasks, err := newTestClient(t, scripted(say(200, answer))).TasksFrom(t.Context(), 0); KindOf(err) != Bug || tasks != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestSearchTasksOfFewerContacts: how many contacts the server takes is found out once.
func TestSearchTasksOfFewerContacts(t *testing.T) {
	const takes = 30
	contacts := make([]string, 130)
	for i := range contacts {
		contacts[i] = fmt.Sprintf("c%d", i)
	}
	var sizes []int
	s := &script{}
	s.steps = append(s.steps, func(*http.Request) (*http.Response, error) {
		var body struct{ ContactID []string }
		if err := json.Unmarshal([]byte(s.seen[len(s.seen)-1].body), &body); err != nil {
			t.Fatal(err)
		}
		sizes = append(sizes, len(body.ContactID))
		if len(body.ContactID) > takes {
			return answer(422, `{"message":["contactId must contain no more elements"]}`), nil
		}
		return answer(200, tasksFrom(len(sizes), 1, body.ContactID[0])), nil
	})
	c := newTestClient(t, s)
	for range 2 {
		tasks, err := c.SearchTasks(t.Context(), contacts)
		if err != nil || len(tasks) != 6 {
			t.Errorf("%d tasks, %v", len(tasks), err)
		}
	}
	if want := []int{100, 50, 25, 25, 25, 25, 25, 5, 25, 25, 25, 25, 25, 5}; !slices.Equal(sizes, want) {
		t.Errorf("asked for %v, want %v", sizes, want)
	}
	refusing := scripted(say(422, `{"message":["no"]}`))
	if _, err := newTestClient(t, refusing).SearchTasks(t.Context(), contacts[:4]); KindOf(err) != Rejected || len(refusing.seen) != 3 {
		t.Errorf("%v after %d requests", err, len(refusing.seen))
	}
}
