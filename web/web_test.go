package web_test

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"hearth"
	"hearth/client"
	"hearth/web"
)

var now = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// page renders a view and reads it as a browser would.
func page(t *testing.T, view web.View) (string, *html.Node) {
	t.Helper()
	pages := web.New(web.Options{
		Clock: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler),
		Look: func(*http.Request) (web.View, error) { return view, nil },
	})
	w := httptest.NewRecorder()
	pages.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	text := w.Body.String()
	root, err := html.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return text, root
}

func each(n *html.Node, do func(*html.Node)) {
	do(n)
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		each(c, do)
	}
}

// polyglots are texts that become markup or script where somebody forgot to
// escape; %s is where the tripwire goes.
var polyglots = []string{
	`<script>%s</script>`, `"><img src=x onerror=%s>`, `'><svg/onload=%s>`, `javascript:%s`, `{{%s}}`, `</title><script>%s</script>`,
	`<!--%s-->`, `</code></p><a href="javascript:%s">x</a>`, "\u202e%s\u202c", `&lt;script&gt;%s`, "\x00\x1b[2J%s", `<hx-get="%s">`, `data:text/html,%s`,
}

// hostile is a view in which every text that comes from outside is the same
// polyglot.
func hostile(s string) web.View {
	post := hearth.Post{
		Network: "demo", ID: "1", URL: s, Title: s, Text: s + " coffee", Lang: s, Author: hearth.Author{ID: s, Handle: s, Name: s, URL: s},
		Sentiment: hearth.Negative, Intent: []hearth.Intent{hearth.Complaint},
	}
	return web.View{
		Status: client.Status{
			Version: s, State: "running", Trouble: []string{s}, Storage: client.Storage{Free: -1},
			Sources: []client.Source{{ID: 1, Name: s, Network: "demo", State: "retrying", Trouble: s, Gaps: []client.Gap{{From: s, To: s, Reason: s}}}},
			Monitors: []client.Monitor{
				{ID: 1, Name: s, Query: s, Explain: s, Mentions: 3}, {ID: 2, Name: "other", Query: s, Paused: true},
			},
		},
		Mentions: map[int64][]client.Hit{1: {{Post: client.Post{Post: post}, Highlights: []client.Highlight{
			{Part: "text", From: len(s) + 1, To: len(s) + 7}, {Part: "text", From: 3, To: 99999}, {Part: "alt", From: 0, To: 1},
		}}}},
		Letters: []client.DeadLetter{{ID: 1, Reason: s, Raw: s, Noted: now}},
	}
}

func TestTextFromOutsideNeverBecomesMarkup(t *testing.T) {
	t.Parallel()
	_, plain := page(t, hostile("harmless"))
	count := func(root *html.Node) map[string]int {
		elements := map[string]int{}
		each(root, func(n *html.Node) {
			if n.Type == html.ElementNode {
				elements[n.Data]++
			}
		})
		return elements
	}
	want := count(plain)
	for i, polyglot := range polyglots {
		s := fmt.Sprintf(polyglot, "tripwire()")
		text, root := page(t, hostile(s))
		if got := count(root); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("polyglot %d changes the page: %v, not %v", i, got, want)
		}
		each(root, func(n *html.Node) {
			for _, a := range n.Attr {
				if strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "srcdoc" ||
					(a.Key == "href" || a.Key == "src") && strings.Contains(a.Val, "tripwire") {
					t.Errorf("polyglot %d reaches %s=%q", i, a.Key, a.Val)
				}
			}
		})
		if strings.ContainsAny(text, "\x00\x1b\u202e\u202c") {
			t.Errorf("polyglot %d: control or direction characters reach the page", i)
		}
		if n := strings.Count(text, "tripwire"); n < 12 {
			t.Errorf("polyglot %d is shown in %d places only: the test does not fill the page", i, n)
		}
	}
}

func TestLinksLeadToTheWebOnly(t *testing.T) {
	t.Parallel()
	for url, linked := range map[string]bool{"https://a.example/p": true, "http://a.example": true, "javascript:alert(1)": false, "data:text/html,x": false, "//a.example": false, "file:///etc": false} {
		v := hostile("x")
		v.Mentions[1][0].Post.URL = url
		_, root := page(t, v)
		found := false
		each(root, func(n *html.Node) {
			for _, a := range n.Attr {
				found = found || a.Key == "href" && a.Val == url
			}
		})
		if found != linked {
			t.Errorf("%s is linked: %v", url, found)
		}
	}
}

func TestThePageSaysWhatIsThere(t *testing.T) {
	t.Parallel()
	age := 75.0
	v := web.View{
		Status: client.Status{
			State: "running", Posts: 1234567, Mentions: 89, Rate: client.Rate{Read: 3.25, Stored: 120}, Storage: client.Storage{Used: 1_500_000, Free: 2_000_000_000},
			Sources:  []client.Source{{ID: 1, Name: "Bluesky", State: "listening", DataAge: &age, Counters: client.SourceCounters{Events: 5000, Gaps: 1}}},
			Monitors: []client.Monitor{{ID: 2, Name: "major", Mentions: 79}, {ID: 1, Name: "minor", Mentions: 10}}, MonitorsAll: 1002,
		},
		Mentions: map[int64][]client.Hit{2: {{Post: client.Post{Post: hearth.Post{Text: "cold coffee here", Published: now.Add(-3 * time.Hour)}},
			Highlights: []client.Highlight{{Part: "text", From: 5, To: 11}}}}},
	}
	text, _ := page(t, v)
	for _, want := range []string{"1\u202f234\u202f567", "3.2", "1.5 MB", "2.0 GB free", "1 min", "cold <mark>coffee</mark> here", "3 h ago", "Everything that came could be read", "And 1\u202f000 more"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(text, "Nothing is set up yet") {
		t.Error("the page says that nothing is set up")
	}
	if text, _ = page(t, web.View{Status: client.Status{State: "running"}}); !strings.Contains(text, "hearth monitor add") {
		t.Error("an empty page does not say how to begin")
	}
}

func TestWithoutLeaveThePageAsksForTheKey(t *testing.T) {
	t.Parallel()
	pages := web.New(web.Options{
		Clock: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler),
		Look: func(*http.Request) (web.View, error) { return web.View{}, hearth.Errorf(hearth.Denied, "No.") },
	})
	for _, path := range []string{"/", "/status.json"} {
		w := httptest.NewRecorder()
		pages.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if body, _ := io.ReadAll(w.Body); w.Code != http.StatusUnauthorized || w.Header().Get("WWW-Authenticate") == "" || strings.Contains(string(body), "<main") {
			t.Errorf("%s: %d %s", path, w.Code, body)
		}
	}
}
