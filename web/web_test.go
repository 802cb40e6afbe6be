package web_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"hearth"
	"hearth/access"
	"hearth/client"
	"hearth/monitor"
	"hearth/web"
)

// polyglots are texts that become markup or script where somebody forgot to
// escape; %s is where the tripwire goes.
var polyglots = []string{
	`<script>%s</script>`, `"><img src=x onerror=%s>`, `'><svg/onload=%s>`, `javascript:%s`, `{{%s}}`, `</title><script>%s</script>`,
	`<!--%s-->`, `</code></p><a href="javascript:%s">x</a>`, "\u202e%s\u202c", `&lt;script&gt;%s`, "\x01\x1b[2J%s", `<hx-get="%s">`, `data:text/html,%s`,
	`<b hx-get="/x" hx-trigger="load">%s</b>`, `</textarea><script>%s</script>`, `"}]'><script>%s</script>`,
}

// hostile fills a house with one polyglot in every text that comes from
// outside.
func hostile(t *testing.T, s string) *house {
	t.Helper()
	h := open(t)
	if _, err := h.monitors.Create(t.Context(), owner, monitor.Draft{Name: shorter(s, 100), Query: "coffee"}); err != nil {
		t.Fatal(err)
	}
	h.arrive(hearth.Post{
		Network: "demo", ID: s, URL: s, Title: s, Text: s + " coffee", Lang: "en", Published: now.Add(-time.Hour),
		Author: hearth.Author{ID: s, Handle: s, Name: s, URL: s}, Item: s, Root: s,
		Media: []hearth.Media{{Type: "image", URL: s, Alt: s}}, Links: []string{s}, Hashtags: []string{s}, Tags: []string{s},
		Sentiment: hearth.Negative, Intent: []hearth.Intent{hearth.Complaint},
	}, hearth.Post{Network: "demo", ID: "answer", Text: s, InReplyTo: s, Root: s, Author: hearth.Author{ID: s, Name: s}, Published: now.Add(-time.Hour)})
	h.view = web.View{
		Status: client.Status{
			Version: s, State: "running", Trouble: []string{s}, Storage: client.Storage{Free: -1},
			Sources:  []client.Source{{ID: 1, Name: s, Network: s, State: "retrying", Trouble: s, Gaps: []client.Gap{{From: s, To: s, Reason: s}}}},
			Monitors: []client.Monitor{{ID: 1, Name: s, Query: s, Explain: s, Mentions: 3}, {ID: 2, Name: s, Query: s, Paused: true}},
		},
		Letters: []client.DeadLetter{{ID: 1, Reason: s, Raw: s, Noted: now}},
	}
	return h
}

func shorter(s string, n int) string {
	if len(s) > n {
		return s[:n]
	}
	return s
}

// proves BR1 and BR7 for every page there is, as far as no browser is needed:
// e2e asks Chromium.
func TestTextFromOutsideNeverBecomesMarkup(t *testing.T) {
	t.Parallel()
	paths := func(s string) []string {
		return []string{
			"/mentions?period=all", "/mentions?side=1&period=all", "/mentions/figures?period=all", "/status", "/monitors", "/monitors/1", "/monitors/preview?q=coffee", "/compare?m=1&m=2&period=all", "/compare?removed=" + url.QueryEscape(s) + "&m=1&m=2", "/audience?period=all", "/", "/home/rising", "/wall?m=1", "/voices?period=all&whole=1", "/voices?removed=" + url.QueryEscape(s) + "&network=" + url.QueryEscape(s) + "&note=" + url.QueryEscape(s), "/monitors/new?name=" + url.QueryEscape(s) + "&q=" + url.QueryEscape(s), "/palette?q=" + url.QueryEscape(s),
			"/post?" + url.Values{"network": {"demo"}, "id": {s}}.Encode(),
			"/mentions?period=all&q=" + url.QueryEscape(s), "/mentions?period=all&author=" + url.QueryEscape(s) + "&hashtag=" + url.QueryEscape(s),
		}
	}
	allowed := map[string]bool{"html": true, "progress": true} // the past may still be searched, or not
	for _, p := range append(paths("harmless"), "/mentions?q=(coffee&lang=de", "/mentions?q=a+or+b") {
		_, root := hostile(t, "harmless").page(p)
		each(root, func(n *html.Node) {
			if n.Type == html.ElementNode {
				allowed[n.Data] = true
			}
		})
	}
	seen := 0
	for i, polyglot := range polyglots {
		s := fmt.Sprintf(polyglot, "tripwire()")
		h := hostile(t, s)
		for _, p := range paths(s) {
			answer, text := h.get(p)
			if answer.StatusCode != http.StatusOK {
				t.Errorf("polyglot %d: %s answers %d %s", i, p, answer.StatusCode, text)
				continue
			}
			root, err := html.Parse(strings.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			each(root, func(n *html.Node) {
				if n.Type == html.ElementNode && !allowed[n.Data] {
					t.Errorf("polyglot %d: %s has a <%s>", i, p, n.Data)
				}
				if n.Data == "script" && n.FirstChild != nil && n.Type == html.ElementNode {
					t.Errorf("polyglot %d: %s has an inline script", i, p)
				}
				for _, a := range n.Attr {
					if strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "srcdoc" ||
						(a.Key == "href" || a.Key == "src" || a.Key == "action") && !regexp.MustCompile(`^(/|https?://|#|\?|$)`).MatchString(a.Val) {
						t.Errorf("polyglot %d: %s has %s=%q", i, p, a.Key, a.Val)
					}
					if strings.HasPrefix(a.Key, "hx-") && a.Key != "hx-ignore" && a.Key != "hx-morph-skip" && attribute(n, "hx-nonce") == "" {
						t.Errorf("polyglot %d: %s has %s without a nonce", i, p, a.Key)
					}
				}
			})
			// What somebody typed stands in the fields of a form as they typed it.
			shown := regexp.MustCompile(`(?s)<textarea.*?</textarea>|<input (type="hidden"|name="name")[^>]*>`).ReplaceAllString(text, "")
			if strings.ContainsAny(shown, "\x01\x1b\u202e\u202c") {
				t.Errorf("polyglot %d: control or direction characters reach %s", i, p)
			}
			seen += strings.Count(text, "tripwire")
		}
	}
	if seen < 10*len(polyglots) {
		t.Errorf("the tripwire is shown %d times only: the test does not fill the pages", seen)
	}
}

func TestLinksLeadToTheWebOnly(t *testing.T) {
	t.Parallel()
	h := open(t)
	cases := map[string]bool{"https://a.example/p": true, "http://b.example": true, "javascript:alert(1)": false, "data:text/html,x": false,
		"//c.example": false, "file:///etc": false, "https://user:pass@d.example/": false}
	var posts []hearth.Post
	for address := range cases {
		posts = append(posts, hearth.Post{Network: "demo", ID: address, URL: address, Text: "x", Published: now.Add(-time.Minute)})
	}
	h.arrive(posts...)
	_, root := h.page("/mentions")
	found := map[string]bool{}
	each(root, func(n *html.Node) {
		if n.Data == "a" {
			found[attribute(n, "href")] = true
		}
	})
	for address, linked := range cases {
		if found[address] != linked {
			t.Errorf("%s is linked: %v", address, found[address])
		}
	}
}

func TestTheStatusSaysWhatIsThere(t *testing.T) {
	t.Parallel()
	h := open(t)
	age := 75.0
	h.view = web.View{Status: client.Status{
		State: "running", Posts: 1234567, Mentions: 89, Rate: client.Rate{Read: 3.25, Stored: 120}, Storage: client.Storage{Used: 1_500_000, Free: 2_000_000_000},
		Sources:  []client.Source{{ID: 1, Name: "Bluesky", State: "listening", DataAge: &age, Counters: client.SourceCounters{Events: 5000, Gaps: 1}}},
		Monitors: []client.Monitor{{ID: 2, Name: "major", Mentions: 79}, {ID: 1, Name: "minor", Mentions: 10}}, MonitorsAll: 1002,
	}}
	text, _ := h.page("/status")
	for _, want := range []string{"1,234,567", "3.2", "1.5 MB", "2.0 GB free", "1 min", "Everything that came could be read", "And 1,000 more"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	text, _ = h.page("/status", "Accept-Language", "de-AT, en;q=0.5")
	for _, want := range []string{`lang="de"`, "1.234.567", "1,5 MB", "Und 1.000 weitere"} {
		if !strings.Contains(text, want) {
			t.Errorf("the German page lacks %q", want)
		}
	}
	h.view = web.View{Status: client.Status{State: "running"}}
	if text, _ = h.page("/status"); !strings.Contains(text, "hearth monitor add") {
		t.Error("an empty page does not say how to begin")
	}
}

func TestWithoutLeaveThePageAsksForTheKey(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.actor = func(*http.Request) (access.Actor, error) { return access.Actor{}, hearth.Errorf(hearth.Denied, "No.") }
	for _, r := range web.Routes() {
		if r.Method != http.MethodGet || r.Open {
			continue
		}
		answer, body := h.get(strings.TrimSuffix(r.Path, "{$}"))
		if answer.StatusCode != http.StatusUnauthorized || answer.Header.Get("WWW-Authenticate") == "" || strings.Contains(body, `class="post"`) {
			t.Errorf("%s answers %d", r.Path, answer.StatusCode)
		}
	}
}

// proves the web half of I33: every route says what holds for it.
func TestEveryRouteDeclaresItsPolicy(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, r := range web.Routes() {
		name := r.Method + " " + r.Path
		if seen[name] {
			t.Errorf("%s is there twice", name)
		}
		seen[name] = true
		if r.Class == "" || r.Deadline <= 0 && r.Class != web.Stream || r.Method == http.MethodPost && (r.Body <= 0 || r.Class != web.Write) {
			t.Errorf("%s does not declare its class, body and deadline: %+v", name, r)
		}
	}
	if len(seen) < 8 {
		t.Fatal("the table is not what is served")
	}
}

// proves the web half of BR5.
func TestOtherSitesCannotWriteThroughABrowser(t *testing.T) {
	t.Parallel()
	h := open(t)
	for _, r := range web.Routes() {
		if r.Method == http.MethodGet {
			continue
		}
		request := httptest.NewRequest(r.Method, r.Path, strings.NewReader("theme=dark"))
		if answer, _ := h.ask(request, "Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "cross-site"); answer.StatusCode != http.StatusForbidden {
			t.Errorf("%s answers %d to another site", r.Path, answer.StatusCode)
		}
	}
}

// proves BR2 for every page: the policy, and a nonce of its own.
func TestEveryAnswerCarriesThePolicyWithItsOwnNonce(t *testing.T) {
	t.Parallel()
	h := open(t)
	nonce := regexp.MustCompile(`'nonce-([0-9a-f]{32})'`)
	seen := map[string]bool{}
	for _, path := range []string{"/mentions", "/mentions", "/status", "/style", "/palette", "/mentions/figures", "/nowhere"} {
		answer, body := h.get(path)
		p := answer.Header.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "style-src 'self'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'", "require-trusted-types-for 'script'; trusted-types htmx worker"} {
			if !strings.Contains(p, want) {
				t.Errorf("%s: the policy lacks %q: %s", path, want, p)
			}
		}
		m := nonce.FindStringSubmatch(p)
		if m == nil || seen[m[1]] || strings.Contains(p, "unsafe") {
			t.Fatalf("%s: %s", path, p)
		}
		seen[m[1]] = true
		for _, used := range regexp.MustCompile(`nonce="([^"]*)"`).FindAllStringSubmatch(body, -1) {
			if used[1] != m[1] {
				t.Errorf("%s uses the nonce %q of another answer", path, used[1])
			}
		}
	}
}

func TestTheLookIsKeptAndOnlyLeadsBackHome(t *testing.T) {
	t.Parallel()
	h := open(t)
	for back, want := range map[string]string{"/status": "/status", "//evil.example": "/", "https://evil.example": "/", `/\evil.example`: "/", "": "/"} {
		form := url.Values{"theme": {"dark"}, "lang": {"fi"}, "back": {back}}
		answer, _ := h.ask(httptest.NewRequest("POST", "/look", strings.NewReader(form.Encode())), "Content-Type", "application/x-www-form-urlencoded")
		if answer.StatusCode != http.StatusSeeOther || answer.Header.Get("Location") != want {
			t.Errorf("%q leads to %q", back, answer.Header.Get("Location"))
		}
		cookies := ""
		for _, c := range answer.Cookies() {
			cookies += c.Name + "=" + c.Value + "; "
		}
		if text, _ := h.page("/status", "Cookie", cookies); !strings.Contains(text, `<html lang="fi" data-theme="dark">`) {
			t.Errorf("with %q the page is not as chosen", cookies)
		}
	}
}

// TestPeopleComeInThroughTheDoors goes the way of a new owner with a browser that
// has no script: set-up, out, in again.
func TestPeopleComeInThroughTheDoors(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.actor = func(r *http.Request) (access.Actor, error) {
		by, _, err := h.access.SessionActor(r.Context(), h.access.Token(r))
		return by, err
	}
	answer, body := h.get("/sign-in")
	if answer.StatusCode != http.StatusOK || !strings.Contains(body, "hearth user setup-link") {
		t.Errorf("while nobody owns it: %d %s", answer.StatusCode, body)
	}
	token, err := h.access.SetUpLink(t.Context(), access.LocalOwner(hearth.DefaultWorkspace))
	if err != nil {
		t.Fatal(err)
	}
	if answer, body := h.get("/set-up/" + token); answer.StatusCode != http.StatusOK || !strings.Contains(body, token) {
		t.Errorf("the door of the set-up: %d", answer.StatusCode)
	}
	form := url.Values{"token": {token}, "name": {"ann"}, "password": {"short"}}
	if answer, body := h.post("/set-up", form); answer.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, "at least 12 characters") || !strings.Contains(body, `value="ann"`) {
		t.Errorf("a short password: %d %s", answer.StatusCode, body)
	}
	form.Set("password", "a lamp beside the window")
	answer, _ = h.post("/set-up", form)
	if answer.StatusCode != http.StatusSeeOther || len(answer.Cookies()) != 2 {
		t.Fatalf("the set-up: %d, %v", answer.StatusCode, answer.Cookies())
	}
	for _, c := range answer.Cookies() {
		if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode {
			t.Errorf("the cookie %s can be read by scripts, or comes along from elsewhere", c.Name)
		}
	}
	answer, body = h.post("/sign-in", url.Values{"name": {"ann"}, "password": {"wrong wrong wrong"}})
	if answer.StatusCode != http.StatusForbidden || !strings.Contains(body, "The name or the password is wrong.") || len(answer.Cookies()) > 0 {
		t.Errorf("a wrong password: %d", answer.StatusCode)
	}
	for back, to := range map[string]string{"/mentions?q=tea": "/mentions?q=tea", "//evil.example": "/", "https://evil.example": "/", "": "/"} {
		answer, _ = h.post("/sign-in", url.Values{"name": {"ann"}, "password": {"a lamp beside the window"}, "back": {back}})
		if answer.StatusCode != http.StatusSeeOther || answer.Header.Get("Location") != to {
			t.Errorf("in again, back to %q: %d %s", back, answer.StatusCode, answer.Header.Get("Location"))
		}
	}
}
