package ghl

import "testing"

func TestARefusedTokenIsNotSentForEver(t *testing.T) {
	bad, good := say(401, `{"statusCode":401,"message":"Invalid JWT"}`), say(200, `{"contact":{"id":"c1"}}`)
	call := func(c *Client) error { _, err := c.GetContact(t.Context(), "c1"); return err }
	s := scripted(bad, bad, good, bad) // the last step is repeated
	c := newTestClient(t, s)
	for i := range 20 {
		if err := call(c); i != 2 && KindOf(err) != Unauthorized || i == 2 && err != nil {
			t.Errorf("call %d: %v", i, err)
		}
	}
	if want := 3 + lockoutAfter; len(s.seen) != want {
		t.Errorf("%d requests, want %d", len(s.seen), want)
	}
	// A refusal of another kind is about its own call.
	s = scripted(say(403, `{"statusCode":403,"message":"Forbidden resource"}`))
	c = newTestClient(t, s)
	for range 5 {
		_ = call(c)
	}
	if len(s.seen) != 5 {
		t.Errorf("%d requests, want 5", len(s.seen))
	}
}
