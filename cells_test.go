package hearth_test

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"hearth/access"
	"hearth/api"
	"hearth/server"
	"hearth/web"
)

// The cells: every route × everybody who could call it × every number in it that
// names something, once one of their own workspace, once one of another, once one
// that there is not. They are made from the description of the API and the table
// of pages, so a new route has its cells without anybody writing them.

// cell is one question and what must hold for the answer.
type cell struct {
	route  *route
	who    *credential
	swap   string // the parameter that names something else; "": none
	to     place  // whose it names
	header bool   // the header asks for the other workspace as well
}

func (c *cell) String() string {
	s := c.route.id + " by " + c.who.name
	if c.swap != "" {
		s += fmt.Sprintf(", %s %s", c.to, c.swap)
	}
	if c.header {
		s += ", the header asks for another workspace"
	}
	return s
}

// place is where a thing is that a request names.
type place string

const (
	own     place = "own"
	foreign place = "foreign"
	missing place = "missing"
)

// route is one way in, of the API or a page.
type route struct {
	id, method, path string
	credentials      string // as in api.Policy
	needs            []access.Permission
	params           []param // that name something
	body             any     // a document that is as described; nil: none
	schema           bool    // body is JSON
	form             bool    // body is a form
	stream           bool
	reads            bool // asking it changes nothing
}

// param is a part of a request that names something.
type param struct {
	in   string // path, query, body
	name string
	kind string // of the thing
	list bool
	must bool
}

func (p param) String() string { return p.in + " " + p.name }

// may says whether somebody may ask at all.
func (r *route) may(c *credential) bool {
	if c.dead {
		return false
	}
	switch r.credentials {
	case "anybody":
		return true
	case "person":
		return c.session
	case "permitted":
		return !slices.ContainsFunc(r.needs, func(p access.Permission) bool { return !c.may(p) })
	}
	return false
}

// readingRoutes is the routes of the API that change nothing though they are no GET.
var readingRoutes = set(`campaigns automations collapsed distinct audience topics said compare series tops voices preview-monitor preview-change count export facets follow search check-query explain-query translate-query export-audit`)

// cellsOf goes through all cells of a route and a credential.
func cellsOf(r *route, who *credential, each func(cell)) {
	refused := !r.may(who)
	if r.reads || refused {
		each(cell{route: r, who: who, to: own})
		each(cell{route: r, who: who, to: own, header: true})
	}
	if r.form && !refused && len(r.needs) == 0 {
		return // what they do to themselves
	}
	for _, p := range r.params {
		for _, to := range []place{foreign, missing} {
			if to == missing && who.bound && !refused && p.kind != "list" && p.name != everyName { // lists are for everybody who writes queries
				each(cell{route: r, who: who, swap: p.String(), to: own})
			}
			each(cell{route: r, who: who, swap: p.String(), to: to})
			if refused {
				each(cell{route: r, who: who, swap: p.String(), to: to, header: true})
			}
		}
	}
}

// breach is a cell whose answer must not be.
type breach struct {
	cell string
	why  string
}

// run asks all cells of routes that a share of tests takes, and says what is
// wrong and how many there were.
func (w *cellWorld) run(routes []*route, share uint32) (breaches []breach, cells int, reached map[string]bool) {
	reached = map[string]bool{} // routes that have answered somebody with what they asked for
	for _, r := range routes {
		for _, who := range w.credentials {
			type pair struct {
				status int
				body   string
			}
			answers := map[string]pair{}
			wrong := func(c *cell, format string, args ...any) {
				breaches = append(breaches, breach{c.String(), fmt.Sprintf(format, args...)})
			}
			cellsOf(r, who, func(c cell) {
				if c.swap != "" && !taken(r.id+" "+who.name+" "+c.swap, share) { // foreign and missing go together
					return
				}
				if c.swap == "" && !taken(c.String(), share) && who.name != "session of owner" {
					return
				}
				if r.id == "enter-workspace" && who.both {
					return // they may
				}
				cells++
				status, body := w.ask(&c)
				for _, canary := range w.canaries {
					if bytes.Contains(bytes.ToLower(body), []byte(canary)) {
						wrong(&c, "the answer holds what belongs to the other workspace: %.200s", around(body, canary))
					}
				}
				if who.bound && !strings.Contains(r.path, "/lists") && bytes.Contains(bytes.ToLower(bytes.ReplaceAll(body, []byte("apple-touch-icon"), nil)), []byte("apple")) {
					wrong(&c, "the answer holds what belongs to no brand of theirs: %.200s", around(body, "apple"))
				}
				switch {
				case status >= 500:
					wrong(&c, "it answers %d: %.200s", status, body)
				case !r.may(who):
					if status != http.StatusUnauthorized && status != http.StatusForbidden && (status != http.StatusSeeOther || !r.form) {
						wrong(&c, "somebody who may not is answered %d: %.200s", status, body)
					}
				case c.swap == "" && status < 300:
					reached[r.id] = true
				case strings.HasPrefix(c.swap, "path ") && status < 400:
					wrong(&c, "what is not theirs is answered %d: %.200s", status, body)
				}
				if c.swap == "" || c.header || r.form && status < 400 {
					return // a form goes by names of its own, and may change what is there
				}
				if strings.Contains(r.path, "/audit/export.") && status < 400 {
					return // it holds the line of itself, so no two are the same
				}
				plain := w.plain
				if who.bound {
					plain = func(body []byte) string {
						text := w.plain(body)
						for _, name := range w.ours {
							text = name.ReplaceAllString(text, "·")
						}
						return text
					}
				}
				p := pair{status, plain(body)}
				other, there := answers[c.swap]
				if !there {
					answers[c.swap] = p
					return
				}
				for again := 0; other != p && again < 3; again++ { // a page may show how busy the machine is
					asked := cell{route: r, who: who, swap: c.swap, to: foreign}
					status, body = w.ask(&asked)
					other = pair{status, plain(body)}
					status, body = w.ask(&c)
					p = pair{status, plain(body)}
				}
				if other != p {
					at := 0
					for at < min(len(p.body), len(other.body)) && p.body[at] == other.body[at] {
						at++
					}
					at = max(0, at-60)
					wrong(&c, "foreign is answered %d, missing %d; they part at:\n%.300s\n%.300s", other.status, p.status, other.body[min(at, len(other.body)):], p.body[at:])
				}
			})
		}
	}
	return breaches, cells, reached
}

// taken says whether a cell is among the share that is asked.
func taken(name string, share uint32) bool {
	h := fnv.New32a()
	h.Write([]byte(name))
	return h.Sum32()%share == 0
}

func around(body []byte, word string) []byte {
	at := bytes.Index(bytes.ToLower(body), []byte(word))
	return body[max(0, at-80):min(len(body), at+80)]
}

var nonces = regexp.MustCompile(`nonce="[^"]*"`)

// plain is an answer without what only repeats the question.
func (w *cellWorld) plain(body []byte) string {
	text := nonces.ReplaceAllString(string(body), "")
	for _, name := range w.names {
		text = name.ReplaceAllString(text, "·")
	}
	return text
}

// apiRoutes are the routes that the API describes.
func apiRoutes(t *testing.T, s *server.Server) (list []*route) {
	t.Helper()
	doc := s.OpenAPI()
	for _, op := range operations(s) {
		policy := op.Extensions[api.PolicyName].(api.Policy)
		r := &route{
			id: op.OperationID, method: op.Method, path: "/api" + op.Path, credentials: policy.Credentials,
			stream: policy.Rate == "stream", reads: op.Method == http.MethodGet || readingRoutes[op.OperationID],
		}
		if policy.Credentials == "stranger" {
			continue // what is sent is the credential: TestEveryTokenIsGoodForItsPurposeOnly
		}
		for _, p := range policy.Permissions {
			r.needs = append(r.needs, access.Permission(p))
		}
		describe(t, r, op, doc.Components.Schemas)
		list = append(list, r)
	}
	return list
}

// pageRoutes are the pages and forms. Each is asked with every name that any of
// them reads: those it does not know change nothing.
func pageRoutes() (list []*route) {
	for _, p := range web.Routes() {
		if p.Open {
			continue
		}
		r := &route{
			id: p.Method + " " + p.Path, method: p.Method, path: p.Path, credentials: "permitted", needs: p.Needs,
			stream: p.Class == web.Stream, reads: p.Method == http.MethodGet, form: p.Method == http.MethodPost,
		}
		in := "query"
		if r.form {
			in = "form"
			r.body = "form"
		}
		for _, part := range strings.Split(p.Path, "/") {
			if name, is := strings.CutPrefix(part, "{"); is && name != "$}" {
				name = strings.TrimSuffix(name, "}")
				r.params = append(r.params, param{in: "path", name: name, kind: kindBefore(p.Path, name)})
			}
		}
		r.params = append(r.params, param{in: in, name: everyName})
		list = append(list, r)
	}
	return list
}

// everyName stands for all names that a page may read at once.
const everyName = "with every name"

// pageNames are the names in addresses and forms of pages.
var pageNames = []string{"monitor", "id", "source", "letter", "user", "brand", "channel", "incident", "alert", "comparison", "team", "key", "job", "session", "workspace", "passkey", "device", "provider"}

// kindBefore is the kind of thing that a path names: what stands before it.
func kindBefore(path, name string) string {
	kinds := map[string]string{
		"sessions": "session", "alerts": "alert", "approvals": "approval", "brands": "brand", "channels": "channel", "comparisons": "comparison", "lists": "list", "rules": "rule", "tag-runs": "tag-run", "reanalyses": "reanalysis", "checks": "check", "dead-letters": "letter",
		"dispatches": "dispatch", "imports": "import", "incidents": "incident", "invitations": "invitation", "jobs": "job", "keys": "key",
		"monitor-letters": "monitor-letter", "monitors": "monitor", "schedules": "schedule", "sources": "source", "teams": "team", "users": "user", "team": "user",
		"workspaces": "workspace", "post": "post", "uploads": "upload", "topics": "topic", "passkeys": "passkey", "devices": "device", "identities": "identity", "providers": "provider",
	}
	parts := strings.Split(path, "/")
	for i := slices.Index(parts, "{"+name+"}") - 1; i > 0; i-- {
		if kind, ok := kinds[parts[i]]; ok {
			return kind
		}
	}
	return ""
}

// proves TN1, TN3, I31: nobody reads or changes what is not theirs, whatever they
// name, and cannot tell what belongs to others from what there is not.
func TestNobodyReachesIntoAnotherWorkspace(t *testing.T) {
	t.Parallel()
	w := newCellWorld(t)
	share := uint32(16)
	if n, err := strconv.Atoi(os.Getenv("HEARTH_CELLS_SHARE")); err == nil && n > 0 {
		share = uint32(n) // 1: all of them
	}
	before := w.belongings(t, w.other)
	s := w.serve(t)
	routes := append(apiRoutes(t, s), pageRoutes()...)
	for _, r := range routes {
		for _, p := range r.params {
			if _, known := w.things[p.kind]; !known && !strings.Contains(r.id, " ") {
				t.Errorf("%s: %s names something that the test has none of (%q); make one in newCellWorld", r.id, p, p.kind)
			}
		}
	}
	breaches, cells, reached := w.run(routes, share)
	for i, b := range breaches {
		if i == 40 {
			t.Errorf("… and %d more", len(breaches)-i)
			break
		}
		t.Errorf("%s: %s", b.cell, b.why)
	}
	if least := 20_000 / int(share); cells < least {
		t.Errorf("only %d cells were asked, want %d", cells, least)
	}
	for _, r := range routes {
		if r.reads && !reached[r.id] && !strings.Contains(r.id, " ") && r.credentials != "operator" {
			t.Errorf("nobody was answered by %s, so its cells say nothing", r.id)
		}
	}
	t.Logf("%d cells of %d routes, %d credentials", cells, len(routes), len(w.credentials))
	w.close(t)
	for table, rows := range w.belongings(t, w.other) {
		if was := before[table]; was != rows {
			t.Errorf("the other workspace has changed in %s:\n%.600s\n%.600s", table, was, rows)
		}
	}

	t.Run("only what is declared is taken", func(t *testing.T) { w.declaredOnly(t, share*4) })
	t.Run("the cells notice a route that does not check", func(t *testing.T) { w.sabotage(t, routes) })
}

// sabotage takes the checks of some routes away and expects the cells to say so.
func (w *cellWorld) sabotage(t *testing.T, routes []*route) {
	s := w.serve(t)
	defer w.close(t)
	key := s.Key()
	some := slices.DeleteFunc(slices.Clone(routes), func(r *route) bool { return r.id != "monitor" && r.id != "brands" && r.id != "remove-team" })
	for name, break_ := range map[string]func(http.Handler) http.Handler{
		"it answers anybody": func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				r.Header.Set("Authorization", "Bearer "+key)
				next.ServeHTTP(rw, r)
			})
		},
		"it reads any workspace": func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				if strings.Contains(r.URL.Path, "/monitors/"+w.things["monitor"][foreign]) && r.Header.Get("Cookie") != "" {
					r.Header.Set("Authorization", "Bearer "+key)
					r.Header.Set("Hearth-Workspace", w.other)
				}
				next.ServeHTTP(rw, r)
			})
		},
		"it says forbidden for what belongs to others": func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				if strings.Contains(r.URL.Path, "/monitors/"+w.things["monitor"][foreign]) {
					http.Error(rw, "This is not yours.", http.StatusForbidden)
					return
				}
				next.ServeHTTP(rw, r)
			})
		},
	} {
		intact := w.handler
		w.handler = break_(intact)
		breaches, _, _ := w.run(some, 1)
		w.handler = intact
		if len(breaches) == 0 {
			t.Errorf("nothing is noticed when %s", name)
		}
	}
}
