package connector

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestTheDemoTellsItsStory(t *testing.T) {
	var out strings.Builder
	if code := Run(t.Context(), IO{Stdin: strings.NewReader(""), Stdout: &out, Stderr: io.Discard}, []string{"demo"}); code != exitOK {
		t.Fatalf("exit code %d: %s", code, out.String())
	}
	told := strings.Join(strings.Fields(out.String()), " ")
	for _, want := range []string{"1,000 people, synced three times", "created updated unchanged requests writes 1. everybody is new 1,000 0 0 1,003 1,000",
		"2. the same people again 0 0 1,000 4 0", "3. 3 % have changed 0 30 970 65 30", "1,072 requests", "needs 3,000. Next: demo --serve"} {
		if !strings.Contains(told, want) {
			t.Errorf("%q is not in:\n%s", want, out.String())
		}
	}
	for line := range strings.Lines(out.String()) {
		if len([]rune(line)) > 120 {
			t.Errorf("a line of %d characters: %s", len([]rune(line)), line)
		}
	}
}

// TestTheDemoThatStaysCountsApart looks at its page.
func TestTheDemoThatStaysCountsApart(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	told, stdout := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		ended <- Run(ctx, IO{Stdin: strings.NewReader(""), Stdout: stdout, Stderr: io.Discard}, []string{"demo", "--serve"})
		_ = stdout.Close()
	}()
	lines := bufio.NewScanner(told)
	for lines.Scan() {
		if url, _, found := strings.Cut(strings.TrimSpace(lines.Text()), " "); found && strings.HasPrefix(url, "http://") {
			page := get(t, url)
			for _, want := range []string{"1. everybody is new:</b> 1,003 requests", "2. the same people again:</b> 4 requests, none of them a write",
				"3. 3 % have changed:</b> 65 requests, 30 of them writes (30 of contacts)", "After the demo:</b> 0 requests"} {
				if !strings.Contains(page, want) {
					t.Errorf("%q is not on the page", want)
				}
			}
			break
		}
	}
	go func() { _, _ = io.Copy(io.Discard, told) }()
	stop()
	if code := <-ended; code != exitOK {
		t.Errorf("exit code %d", code)
	}
}

func get(t *testing.T, url string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}
