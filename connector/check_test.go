package connector

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"destination-gohighlevel/connector/sandbox"
)

// checked runs check with the configuration of a sandbox, changed, and gives
// its one answer.
func checked(t *testing.T, o sandbox.Options, change func(conf map[string]any)) (status, message string) {
	t.Helper()
	server := sandbox.New(o)
	listener := httptest.NewServer(server)
	t.Cleanup(listener.Close)
	var conf map[string]any
	if err := json.Unmarshal(server.Config(listener.URL), &conf); err != nil {
		t.Fatal(err)
	}
	change(conf)
	data, err := json.Marshal(conf)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "config.json")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	var stdout printed
	if code := Run(t.Context(), IO{Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: os.Stderr}, []string{"check", "--config", path}); code != exitOK {
		t.Errorf("exit code %d", code)
	}
	var answer struct {
		ConnectionStatus struct{ Status, Message string }
	}
	answers := 0
	for line := range strings.Lines(stdout.String()) {
		if strings.Contains(line, `"CONNECTION_STATUS"`) {
			answers++
			if err := json.Unmarshal([]byte(line), &answer); err != nil {
				t.Fatal(err)
			}
		}
	}
	if answers != 1 {
		t.Errorf("%d answers, want one:\n%s", answers, stdout.String())
	}
	return answer.ConnectionStatus.Status, answer.ConnectionStatus.Message
}

// bucketAt makes a configuration keep its rejected records at an endpoint.
func bucketAt(endpoint string) func(conf map[string]any) {
	return func(conf map[string]any) {
		conf["object_storage_config"] = map[string]any{
			"storage_type": "S3", "access_key_id": "AKIDEXAMPLE", "secret_access_key": "example-secret-key",
			"s3_bucket_name": "rejected", "s3_bucket_region": "us-east-1", "s3_endpoint": endpoint, "bucket_path": "people",
		}
	}
}

func TestCheckTriesTheStore(t *testing.T) {
	for name, tc := range map[string]struct {
		answer http.HandlerFunc
		status string
		says   string
	}{
		"written": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("ETag", `"1"`)
			if r.Method == http.MethodDelete {
				w.WriteHeader(http.StatusNoContent)
			}
		}, "SUCCEEDED", `Rejected records and left-out values are kept in the bucket "rejected".`},
		"denied": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusForbidden)
			_, _ = w.Write([]byte(`<Error><Code>AccessDenied</Code><Message>no</Message></Error>`))
		}, "FAILED", "was denied (403 AccessDenied)"},
		"no bucket": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusNotFound)
			_, _ = w.Write([]byte(`<Error><Code>NoSuchBucket</Code><Message>no</Message></Error>`))
		}, "FAILED", `there is no bucket "rejected"`},
	} {
		t.Run(name, func(t *testing.T) {
			var puts atomic.Int64
			store := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodPut {
					puts.Add(1)
				}
				tc.answer(w, r)
			}))
			t.Cleanup(store.Close)
			status, message := checked(t, sandbox.Options{LocationName: "Acme"}, bucketAt(store.URL))
			if status != tc.status || !strings.Contains(message, tc.says) || !strings.Contains(message, `"Acme" (private integration token)`) {
				t.Errorf("%s: %s", status, message)
			}
			if puts.Load() == 0 {
				t.Error("nothing was put: the right to write is not shown")
			}
			if strings.Contains(message, "example-secret-key") || strings.Contains(message, "AKIDEXAMPLE") {
				t.Errorf("a key is printed: %s", message)
			}
		})
	}
}

func TestCheckNamesEveryFault(t *testing.T) {
	status, message := checked(t, sandbox.Options{
		LocationName: "Acme", Daily: 100, Scopes: []string{"locations.readonly", "contacts.readonly"},
	}, func(conf map[string]any) {
		bucketAt("http://127.0.0.1:1")(conf)
		conf["create_missing_custom_fields"] = true
		conf["daily_request_reserve"] = 99
	})
	want := []string{
		`"Acme" (private integration token) has 3 faults: (1) The token lacks the scopes locations/customFields.readonly, contacts.write and locations/customFields.write. `,
		"(2) What daily_request_reserve leaves of the location's daily quota",
		"(3) Rejected records cannot be stored",
	}
	if status != "FAILED" {
		t.Error(status)
	}
	for _, words := range want {
		if !strings.Contains(message, words) {
			t.Errorf("%q is not in: %s", words, message)
		}
	}
}

// TestCheckNamesScopesOnce: contacts, businesses and opportunities have custom fields that one scope is needed for.
func TestCheckNamesScopesOnce(t *testing.T) {
	_, message := checked(t, sandbox.Options{
		Scopes: []string{"locations.readonly", "contacts.readonly", "contacts.write", "businesses.readonly", "businesses.write", "opportunities.readonly", "opportunities.write", "pipelines.readonly"},
	}, func(conf map[string]any) {
		conf["streams"] = []any{map[string]any{"name": "companies", "object": "businesses"}, map[string]any{"name": "deals", "object": "opportunities"}}
	})
	if !strings.Contains(message, "The token lacks the scope locations/customFields.readonly. ") {
		t.Error(message)
	}
}

// TestCheckCreatesNoField: the question whether custom fields may be created names none, and a server that creates one all the same is told of.
func TestCheckCreatesNoField(t *testing.T) {
	for status, c := range map[int]struct{ answer, says, verdict string }{
		http.StatusUnprocessableEntity: {`{"statusCode":422,"message":["name should not be empty"]}`, "Connected", "SUCCEEDED"},
		http.StatusCreated:             {`{"customField":{"id":"fld77","name":"","dataType":""}}`, `delete the custom field with the id "fld77"`, "FAILED"},
	} {
		var bodies []string
		same := sandbox.Options{Token: "pit-00000000-0000-4000-8000-000000000000", LocationID: "loc1"}
		server := sandbox.New(same)
		front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method != http.MethodPost || !strings.HasSuffix(r.URL.Path, "/customFields") {
				server.ServeHTTP(w, r)
				return
			}
			body, _ := io.ReadAll(r.Body)
			bodies = append(bodies, string(body))
			w.WriteHeader(status)
			_, _ = io.WriteString(w, c.answer)
		}))
		verdict, message := checked(t, same, func(conf map[string]any) {
			conf["api_url"], conf["create_missing_custom_fields"] = front.URL, true
		})
		front.Close()
		if verdict != c.verdict || !strings.Contains(message, c.says) || !slices.Equal(bodies, []string{`{"model":"contact"}`}) {
			t.Errorf("%d: %s: %s; sent %q", status, verdict, message, bodies)
		}
	}
}
