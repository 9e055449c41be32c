package contacts_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/oauth2"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/contacts/gateway"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/journal"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
)

// trial is a scenario played to its end: a sync, and others from the last
// states where it fails, as a platform does.
type trial struct {
	*scenario
	t       testing.TB
	place   *place
	striker *striker
	right   *verdict         // what is right; nil: not known yet
	folder  string           // of its journals; "": there are none
	kept    ghl.RotatedToken // what the platform has of the sign-in, if there is one

	acked   map[string]int // by stream: the last state
	settled map[string][2]int64
	errs    []error
	log     string        // of the last sync
	took    time.Duration // of all syncs
	again   int           // records of appended that came more than once

	seen   map[string]string // see held
	seenAt int64
}

// verdict is how a trial ended.
type verdict struct {
	rows     []string
	by       map[string]string
	settled  map[string][2]int64 // by stream: accepted, rejected
	counts   string              // the closing lines
	calls    map[string]int
	requests int
}

// play runs a scenario with faults.
func (s *scenario) play(t testing.TB, right *verdict, blows ...blow) *trial {
	p := s.place(t)
	tr := &trial{scenario: s, t: t, place: p, right: right, acked: map[string]int{}, settled: map[string][2]int64{}}
	tr.striker = &striker{next: p.transport, t: t, blows: blows, seen: map[string]int{}, hit: map[string]int{}}
	p.transport = tr.striker
	if isAudited(t) {
		tr.folder = filepath.Join(t.TempDir(), "journal")
		p.transport = &auditor{next: p.transport, t: t, folder: tr.folder}
	}
	tr.kept.RefreshToken = p.Options().OAuth.RefreshTokens[0]
	for attempt := 0; attempt < 3; attempt++ {
		begun := time.Now()
		err := tr.sync()
		tr.took += time.Since(begun)
		if err == nil {
			return tr
		}
		tr.errs = append(tr.errs, err)
		tr.again += len(tr.sources["appended"].records) - tr.acked["appended"]
		tr.heal(err)
	}
	t.Fatalf("the syncs never get through: %v\n%s", tr.errs, tr.log)
	return nil
}

// journal is one for the next sync, if the trial is audited.
func (tr *trial) journal() *journal.Journal {
	if tr.folder == "" {
		return nil
	}
	return journal.InFolder(tr.folder, journal.Run{Started: time.Now()})
}

// heal is what happens between a sync that failed and the next one: the
// faults end, the platform waits, and the user heeds what the error asks for.
func (tr *trial) heal(err error) {
	tr.striker.calm()
	pause := time.Second
	if ghl.KindOf(err) == ghl.Exhausted {
		pause = 24 * time.Hour
	}
	time.Sleep(pause)
	if hasEnded(err) {
		_, refresh := tr.place.SignIn()
		tr.kept = ghl.RotatedToken{RefreshToken: refresh}
	}
}

// hasEnded tells whether an error is that the sign-in has ended.
func hasEnded(err error) bool {
	var refused *ghl.Error
	return errors.As(err, &refused) && refused.Reason == ghl.InvalidGrant
}

// tokens is how the trial's client gets in.
func (tr *trial) tokens() oauth2.TokenSource {
	if tr.app == nil {
		return oauth2.StaticTokenSource(&oauth2.Token{AccessToken: tr.place.Options().Token})
	}
	return tr.source(tr.kept, tr.striker)
}

// source signs in with what was kept.
func (tr *trial) source(kept ghl.RotatedToken, transport http.RoundTripper) *ghl.OAuthSource {
	o := tr.place.Options()
	source, err := ghl.NewOAuth(ghl.OAuth{
		URL: tr.place.url, LocationID: o.LocationID, Transport: transport,
		ClientID: o.OAuth.ClientID, ClientSecret: o.OAuth.ClientSecret,
		RefreshToken: kept.RefreshToken, AccessToken: kept.AccessToken, Expiry: kept.Expiry, CompanyID: kept.CompanyID,
		Rotated: func(t ghl.RotatedToken) error { tr.kept = t; return nil },
	})
	if err != nil {
		tr.t.Fatal(err)
	}
	return source
}

// signedIn fails unless the next sync gets in with what is kept of the sign-in.
func (tr *trial) signedIn() error {
	if tr.app == nil {
		return nil
	}
	_, err := tr.source(ghl.RotatedToken{RefreshToken: tr.kept.RefreshToken}, tr.striker.next).Token()
	return err
}

// sync is one sync from the last states on.
func (tr *trial) sync() error {
	ctx, p := tr.t.Context(), tr.place
	var log bytes.Buffer
	defer func() { tr.log = log.String() }()
	o := p.Options()
	client, err := ghl.New(ghl.Options{URL: p.url, LocationID: o.LocationID, Transport: p.transport, Tokens: tr.tokens()})
	if err != nil {
		tr.t.Fatal(err)
	}
	target, err := gateway.Open(ctx, client)
	if err != nil {
		return err
	}
	book := tr.journal()
	if err := addField(ctx, target, book); err != nil {
		return err
	}
	how := object.Options{Journal: book, Log: zerolog.New(zerolog.SyncWriter(&log)), Workers: func() int { return tr.workers }}
	c := load.Config{
		Limits: load.Limits{Records: 12, Bytes: 1 << 20, Age: time.Minute, State: time.Minute},
		Log:    how.Log, Release: tr.release,
		Usage: func() load.Usage {
			u := client.Usage()
			return load.Usage{Requests: u.Requests, DailyRemaining: u.DailyRemaining, Faults: u.Faults}
		},
	}
	var streams []*object.Stream
	for _, name := range tr.order {
		streams = append(streams, p.open(target, tr.sources[name].stream))
	}
	err = run(ctx, streams, how, c, strings.NewReader(tr.input(tr.acked)))
	return cmp.Or(err, book.Close(ctx))
}

func addField(ctx context.Context, target gateway.Target, book *journal.Journal) error {
	if target.Table().Find(shoeSize) != nil {
		return nil
	}
	_, err := target.AddField(ctx, object.NewField{Name: shoeSize, DataType: "TEXT", Journal: book})
	return err
}

// release is what the platform does with a state: it must be news, and all
// before it must be as it will be in the end.
func (tr *trial) release(s *airbyte.State, accepted, rejected int64) error {
	var told struct {
		State struct {
			Stream struct {
				Descriptor struct{ Name string } `json:"stream_descriptor"`
				State      struct{ N int }       `json:"stream_state"`
			}
			Stats struct {
				Records  float64 `json:"recordCount"`
				Rejected float64 `json:"rejectedRecordCount"`
			} `json:"destinationStats"`
		}
	}
	if err := json.Unmarshal(s.Bytes(accepted, rejected), &told); err != nil {
		tr.t.Errorf("a state cannot be read: %v", err)
	}
	name, n := told.State.Stream.Descriptor.Name, told.State.Stream.State.N
	if n <= tr.acked[name] {
		tr.t.Errorf("state %d of %s left after state %d", n, name, tr.acked[name])
	}
	before := tr.acked[name]
	tr.acked[name] = n
	sum := tr.settled[name]
	tr.settled[name] = [2]int64{sum[0] + int64(told.State.Stats.Records), sum[1] + int64(told.State.Stats.Rejected)}
	if got := int(told.State.Stats.Records + told.State.Stats.Rejected); got != n-before {
		tr.t.Errorf("state %d of %s counts %d records, want %d", n, name, got, n-before)
	}
	if tr.right == nil || tr.large {
		return nil
	}
	by := tr.held()
	for _, subject := range tr.sources[name].subjects[:n] {
		if subject != sharer && !tr.same(by[subject], tr.right.by[subject]) {
			tr.t.Errorf("state %d of %s left when %s was\n%swant\n%s", n, name, subject, by[subject], tr.right.by[subject])
		}
	}
	return nil
}

// held is what the location holds under each email and phone, as of the last
// answer.
func (tr *trial) held() map[string]string {
	if n := tr.striker.answered.Load(); n != tr.seenAt {
		_, tr.seen = tr.place.rows()
		tr.seenAt = n
	}
	return tr.seen
}

var account = regexp.MustCompile(`^contacts: (\d+ read .*)$`)

// verdict sums the trial up.
func (tr *trial) verdict() *verdict {
	v := &verdict{settled: tr.settled, calls: tr.striker.seen, requests: tr.place.Total()}
	v.rows, v.by = tr.place.rows()
	for line := range strings.Lines(tr.log) {
		var told struct{ Stream, Message string }
		if err := json.Unmarshal([]byte(line), &told); err != nil {
			tr.t.Fatal(err)
		}
		if found := account.FindStringSubmatch(told.Message); found != nil && told.Stream != "" {
			v.counts += fmt.Sprintf("%s: %s\n", told.Stream, found[1])
		}
	}
	return v
}
