package reference_test

import (
	"encoding/json"
	"strings"
	"testing"

	"hearth/manual/reference"
)

const description = `{"servers": [{"url": "/api"}], "paths": {
	"/cups/{id}": {
		"delete": {"operationId": "break-cup", "summary": "Break a cup", "tags": ["cups"], "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "integer", "minimum": 1}}], "responses": {"204": {}}},
		"get": {"operationId": "cup", "summary": "Get a cup", "tags": ["cups"], "x-hearth-policy": {"credentials": "permitted", "permissions": ["cups.read"]},
			"parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "integer"}}, {"name": "size", "in": "query", "description": "How large", "schema": {"type": "string", "enum": ["s", "l"]}}],
			"responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Cup"}}}}, "default": {}}}},
	"/beans": {"post": {"operationId": "grind", "summary": "Grind", "tags": ["beans"], "requestBody": {"content": {"application/json": {"schema": {"type": "array", "items": {"type": "string", "maxLength": 5}}}}}, "responses": {"204": {}}}}},
	"components": {"schemas": {"Cup": {"type": "object", "required": ["name"], "properties": {
		"at": {"type": "string", "format": "date-time"}, "in": {"$ref": "#/components/schemas/Cup"}, "name": {"type": ["string", "null"], "minLength": 1, "maxLength": 200},
		"notes": {"type": "object", "additionalProperties": {"type": "integer"}}}}}}}`

func TestADescriptionBecomesGroups(t *testing.T) {
	t.Parallel()
	groups, err := reference.Read([]byte(description))
	if err != nil {
		t.Fatal(err)
	}
	if len(groups) != 2 || groups[0].Name != "beans" || groups[1].Name != "cups" || len(groups[1].Operations) != 2 {
		t.Fatalf("%+v", groups)
	}
	get, remove := groups[1].Operations[0], groups[1].Operations[1]
	if get.Method != "GET" || get.Path != "/api/cups/{id}" || get.Policy.Permissions[0] != "cups.read" || remove.Method != "DELETE" || remove.Gives != nil {
		t.Errorf("%+v\n%+v", get, remove)
	}
	if q := get.InQuery[0]; q.Name != "size" || q.About != "How large" || strings.Join(q.Values, " ") != "s l" || q.Required {
		t.Errorf("%+v", q)
	}
	if l := remove.InPath[0].Limits; l != "at least 1" {
		t.Errorf("limits %q", l)
	}
	if f := get.Gives.Fields[0]; f.Name != "name" || !f.Required || f.Type != "string" || f.Limits != "1 to 200 characters" {
		t.Errorf("what must be there does not come first: %+v", f)
	}
	for _, f := range get.Gives.Fields {
		if f.Name == "notes" && f.Type != "object of integers by name" || f.Name == "at" && f.Type != "time (RFC 3339)" {
			t.Errorf("%+v", f)
		}
	}
	if !json.Valid([]byte(get.Gives.Example)) || !strings.Contains(get.Gives.Example, `"name": "Coffee"`) {
		t.Errorf("example %s", get.Gives.Example)
	}
	if grind := groups[0].Operations[0]; grind.Takes == nil || !strings.Contains(grind.Takes.Example, "[") {
		t.Errorf("%+v", grind)
	}
}

// TestASchemaThatHoldsItselfEnds: Cup does.
func TestASchemaThatHoldsItselfEnds(t *testing.T) {
	t.Parallel()
	loop := strings.Replace(description, `"Cup": {"type": "object"`, `"Round": {"$ref": "#/components/schemas/Round"}, "Cup": {"type": "object"`, 1)
	loop = strings.ReplaceAll(loop, `{"$ref": "#/components/schemas/Cup"}}}}, "default"`, `{"$ref": "#/components/schemas/Round"}}}}, "default"`)
	if _, err := reference.Read([]byte(loop)); err != nil {
		t.Fatal(err)
	}
	groups, err := reference.Read([]byte(description))
	if err != nil || len(groups[1].Operations[0].Gives.Fields) > 100 {
		t.Fatal("the fields go on", err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(description))
	f.Add([]byte(`{"paths":{"/a":{"get":{"responses":{"200":{"content":{"application/json":{"schema":null}}}}}}}}`))
	f.Fuzz(func(t *testing.T, b []byte) { reference.Read(b) })
}
