package server_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// TestTheDescriptionOfTheAPIIsComplete reads the OpenAPI document as a stranger
// would: no reference leads nowhere, every operation has a name of its own, a
// sentence, and says how it fails.
func TestTheDescriptionOfTheAPIIsComplete(t *testing.T) {
	t.Parallel()
	r := start(t, configIn(t.TempDir()))
	answer, text := r.ask("GET", "/api/openapi.json", r.key, "")
	if answer.StatusCode != 200 {
		t.Fatalf("%d %s", answer.StatusCode, text)
	}
	var doc map[string]any
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	if v := fmt.Sprint(doc["openapi"]); !strings.HasPrefix(v, "3.1") {
		t.Errorf("it is OpenAPI %s", v)
	}
	references := 0
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if ref, ok := v["$ref"].(string); ok {
				references++
				if !leads(doc, ref) {
					t.Errorf("the reference %s leads nowhere", ref)
				}
			}
			for _, inner := range v {
				walk(inner)
			}
		case []any:
			for _, inner := range v {
				walk(inner)
			}
		}
	}
	walk(doc)
	seen := map[string]string{}
	for path, item := range doc["paths"].(map[string]any) {
		for method, op := range item.(map[string]any) {
			op := op.(map[string]any)
			id, summary := fmt.Sprint(op["operationId"]), fmt.Sprint(op["summary"])
			if other, twice := seen[id]; twice || id == "" || len(summary) < 8 {
				t.Errorf("%s %s is named %q (as %s is) and summarised %q", method, path, id, other, summary)
			}
			seen[id] = method + " " + path
			if responses := op["responses"].(map[string]any); responses["default"] == nil || len(responses) < 2 {
				t.Errorf("%s does not say how it succeeds and fails", id)
			}
		}
	}
	if len(seen) < 30 || references < 30 {
		t.Errorf("only %d operations and %d references were seen", len(seen), references)
	}
}

// leads follows a reference of the form #/a/b/c.
func leads(doc map[string]any, ref string) bool {
	var at any = doc
	for _, name := range strings.Split(strings.TrimPrefix(ref, "#/"), "/") {
		m, ok := at.(map[string]any)
		if !ok {
			return false
		}
		if at, ok = m[name]; !ok {
			return false
		}
	}
	return true
}
