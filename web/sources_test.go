package web_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"hearth"
	"hearth/ingest"
	"hearth/network"
)

// invented is a network with one field of each kind.
func invented() network.Network {
	return network.Network{
		Name: "invented", Title: "Invented",
		Fields: []network.Field{
			{Name: "server", Title: "Server", Help: "Where it is.", Required: true, Check: func(s string) error {
				if strings.Contains(s, " ") {
					return hearth.Errorf(hearth.Invalid, "An address holds no spaces.")
				}
				return nil
			}},
			{Name: "kind", Title: "Kind", Help: "What is read.", Default: "all", Choices: []string{"all", "posts"}},
			{Name: "token", Title: "Token", Help: "Opens the door.", Secret: true},
		},
		Stream: func(ctx context.Context, _ *network.Session, _ network.Cursor, _ func(*network.Batch) error) error {
			<-ctx.Done()
			return ctx.Err()
		},
	}
}

func TestASourceIsAddedFromWhatItsNetworkDeclares(t *testing.T) {
	t.Parallel()
	h := open(t)
	page, _ := h.page("/sources")
	holds(t, page, "Nothing is being heard yet")
	page, _ = h.page("/sources/new?network=invented")
	holds(t, page, "Where it is.", `name="s-server"`, `<option value="posts"`, `type="password"`)

	answer, body := h.send("/sources/save", "network", "invented", "name", "Ours", "s-server", "a b", "s-kind", "posts", "s-token", "planted-secret")
	if answer.StatusCode != http.StatusUnprocessableEntity {
		t.Fatalf("a wrong setting answers %d", answer.StatusCode)
	}
	holds(t, body, "An address holds no spaces.", `value="a b"`, `value="Ours"`, `<option value="posts" selected`)
	if strings.Contains(body, "planted-secret") {
		t.Error("a secret is sent back")
	}

	page = h.follow("/sources/save", "network", "invented", "name", "Ours", "s-server", "a.example", "s-kind", "posts", "s-token", "planted-secret")
	holds(t, page, "The source is being read.", `value="a.example"`, `name="kept-token"`)
	if strings.Contains(page, "planted-secret") {
		t.Error("a secret is shown")
	}
	page = h.follow("/sources/save", "network", "invented", "id", "1", "version", "1", "name", "Theirs", "s-server", "b.example", "s-kind", "all", "kept-token", "1")
	holds(t, page, "Saved;", `value="b.example"`, `name="kept-token"`)
	answer, body = h.send("/sources/save", "network", "invented", "id", "1", "version", "1", "name", "Mine", "s-server", "c.example")
	if answer.StatusCode != http.StatusConflict {
		t.Errorf("a write on an old version answers %d", answer.StatusCode)
	}
	holds(t, body, "changed by somebody else", `value="c.example"`)

	page = h.follow("/sources/act", "id", "1", "do", "pause")
	holds(t, page, "The source rests", "Theirs", "asleep")
	page = h.follow("/sources/act", "id", "1", "do", "remove")
	holds(t, page, "The source was removed", "Nothing is being heard yet")
}

func TestAFormOfASourceThatIsNotThereSaysSo(t *testing.T) {
	t.Parallel()
	h := open(t)
	for _, path := range []string{"/sources/7", "/sources/x", "/sources/new?network=nowhere"} {
		if answer, _ := h.get(path); answer.StatusCode != http.StatusNotFound {
			t.Errorf("%s answers %d", path, answer.StatusCode)
		}
	}
	if _, err := h.sources.Add(t.Context(), owner, ingest.Draft{Network: "nowhere"}); err == nil {
		t.Error("a source of no network was added")
	}
}
