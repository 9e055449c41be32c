// Command upserts is the naive loop as a process: upserts --config config.json < input.jsonl
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"

	"destination-gohighlevel/integration_tests/naive"
)

func main() {
	config := flag.String("config", "config.json", "the program's configuration")
	flag.Parse()
	if err := run(*config); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(config string) error {
	text, err := os.ReadFile(config)
	if err != nil {
		return err
	}
	var c naive.Config
	if err := json.Unmarshal(text, &c); err != nil {
		return err
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = naive.Workers
	return naive.Sync(context.Background(), c, &http.Client{Transport: transport}, os.Stdin)
}
