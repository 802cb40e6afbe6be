package web_test

import (
	"net/http"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// description is a small API with a hostile sentence in it.
const description = `{"openapi": "3.1.0", "servers": [{"url": "/api"}], "paths": {
	"/cups/{id}": {"get": {"operationId": "cup", "summary": "Get <script>tripwire()</script>", "tags": ["cups"], "x-hearth-policy": {"credentials": "permitted", "permissions": ["posts.read"], "rate": "light"},
		"parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "integer"}}], "responses": {"200": {"content": {"application/json": {"schema": {"type": "object", "properties": {"name": {"type": "string"}}}}}}}}},
	"/cups": {"post": {"operationId": "add-cup", "summary": "Add a cup", "tags": ["cups"], "x-hearth-policy": {"credentials": "person", "rate": "light"},
		"requestBody": {"content": {"application/json": {"schema": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string", "maxLength": 9}}}}}}, "responses": {"204": {}}}}}}`

func TestTheAPIIsShownToPeople(t *testing.T) {
	t.Parallel()
	h := open(t)
	index, _ := h.page("/api/docs")
	if !strings.Contains(index, `href="/api/docs/cups#add-cup"`) || strings.Contains(index, "<script>tripwire") {
		t.Error("the list does not lead to the routes, or what it says becomes markup")
	}
	body, root := h.page("/api/docs/cups")
	for _, want := range []string{`/api/cups/{id}`, `posts.read`, `at most 9 characters`, `&#34;name&#34;: &#34;Coffee&#34;`, `-d &#39;{&#34;name&#34;:&#34;Coffee&#34;}&#39;`, `$HEARTH/api/cups/{id}`} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not say %s", want)
		}
	}
	forms := 0
	each(root, func(n *html.Node) {
		if attribute(n, "data-path") != "" {
			forms++
		}
	})
	if forms != 2 {
		t.Errorf("%d routes can be tried, not 2", forms)
	}
	if answer, _ := h.get("/api/docs/spoons"); answer.StatusCode != http.StatusNotFound {
		t.Errorf("a group that is not there answers %d", answer.StatusCode)
	}
}
