package web_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"hearth"
	"hearth/access"
	"hearth/alert"
	"hearth/db"
	"hearth/monitor"
)

// alarm lets a monitor have a quiet past and then many posts at once, and waits
// until that is an alert.
func (h *house) alarm(posts ...hearth.Post) alert.Alert {
	h.t.Helper()
	if _, err := h.monitors.Create(h.t.Context(), owner, monitor.Draft{Name: "Kaffora", Query: "kaffora"}); err != nil {
		h.t.Fatal(err)
	}
	var past []hearth.Post
	for hour := 24 * 14; hour > 0; hour-- {
		for k := range 2 + hour%3 {
			past = append(past, hearth.Post{
				Network: "demo", ID: fmt.Sprintf("past %d %d", hour, k), Text: "kaffora as always", Sentiment: hearth.Neutral,
				Published: now.Add(-time.Duration(hour)*time.Hour + time.Duration(k)*time.Minute), Author: hearth.Author{ID: fmt.Sprint(hour % 50), Handle: "somebody"},
			})
		}
	}
	h.arrive(past...)
	ctx, cancel := context.WithTimeout(h.t.Context(), time.Minute)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- h.alerts.Run(ctx) }()
	defer func() { cancel(); <-ended }()
	// The first look begins at the end of the log; what comes after it is live.
	for _, err := h.alerts.Precision(ctx, owner); ; _, err = h.alerts.Precision(ctx, owner) {
		if err != nil {
			h.t.Fatal("the alert is never raised: ", err)
		}
		if len(posts) > 0 && h.watched() {
			h.arriveFrom(1, posts...)
			posts = nil
		}
		page, err := h.alerts.List(ctx, owner, alert.Search{})
		if err != nil {
			h.t.Fatal("the alert is never raised: ", err)
		}
		if len(page.Alerts) > 0 {
			return page.Alerts[0]
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// watched says whether somebody has begun to look.
func (h *house) watched() bool {
	h.t.Helper()
	var beat int64
	err := h.state.Read(h.t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT CASE WHEN seq >= 0 THEN beat ELSE 0 END FROM alert_place WHERE id = 1`).Scan(&beat)
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return beat > 0
}

// angry is so many negative posts of this moment.
func angry(n int, text string) (posts []hearth.Post) {
	for i := range n {
		posts = append(posts, hearth.Post{
			Network: "demo", ID: fmt.Sprintf("now %d %s", i, text), Text: text, Lang: "en", Sentiment: hearth.Negative, Published: now,
			Author: hearth.Author{ID: fmt.Sprint(i), Handle: "loud", Name: "Loud", Followers: hearth.KnownCount(52_000)},
		})
	}
	return posts
}

// proves the page's half of M10 and M11: an alert says why, is judged, and
// becomes an incident that people work on until it is closed.
func TestAnAlertSaysWhyAndBecomesAnIncident(t *testing.T) {
	t.Parallel()
	h := open(t)
	page, _ := h.page("/alerts")
	holds(t, page, "Nothing is watched yet", "/monitors/new")
	page, _ = h.page("/incidents")
	holds(t, page, "No incident")

	one := h.alarm(angry(40, "the kaffora machine smells of burnt plastic")...)
	page, _ = h.page("/alerts")
	holds(t, page, `href="/alerts/1"`, "40 posts in an hour", "New words: ", "plastic", "52,000 followers", `class="class act"`, "goes on")
	page, _ = h.page("/alerts/1")
	holds(t, page, "times the usual", "smells of burnt plastic", "&#34;band&#34;", "/mentions?from=", "@loud", "Open an incident", "How it is watched")
	page, _ = h.page("/alerts/1", "Accept-Language", "de")
	holds(t, page, "40 Beiträge in einer Stunde", "Wörter, die neu sind")
	page, _ = h.page("/alerts?state=over")
	if strings.Contains(page, "/alerts/1") {
		t.Error("an alert that goes on is listed among those that are over")
	}

	page = h.follow("/alerts/1/vote", "vote", "useful")
	holds(t, page, "Kept. You can change your mind")
	page, _ = h.page("/alerts")
	holds(t, page, "1 of 1 judged in 90 days were useful")

	page = h.follow("/alerts/1/incident")
	holds(t, page, "The incident is open", "Read the sample posts", "0 of 8 done", "We have seen what people write", "Not known yet")
	page, _ = h.page("/alerts/1")
	holds(t, page, "Go to the incident", `href="/incidents/1"`)
	page = h.follow("/incidents/1/steps", "step", "1", "text", "Read the sample posts and say in one sentence what it is about.", "do", "done")
	holds(t, page, "1 of 8 done", "Done: ")
	page = h.follow("/incidents/1/notes", "text", "Quality management knows.")
	holds(t, page, "Quality management knows.", "The note is in the timeline.")
	page = h.follow("/publishing", "incident", "1", "do", "pause")
	holds(t, page, "All scheduled publishing is held back.", "Let it out again")
	page = h.follow("/publishing", "incident", "1", "do", "resume")
	holds(t, page, "Hold all scheduled publishing back")
	incident, err := h.rooms.Get(t.Context(), owner, 1)
	if err != nil || incident.Alert != one.ID {
		t.Fatalf("%+v, %v", incident, err)
	}
	page = h.follow("/incidents/1", "version", fmt.Sprint(incident.Version), "from", "open", "status", "closed")
	holds(t, page, "Closed. The after-action report begins with the facts.", "What went well:", "Status: Closed, was Open.", `name="status" value="open"`)
	page, _ = h.page("/incidents/1", "Accept-Language", "fi")
	holds(t, page, "Tila: Suljettu, oli Avoin.", "Tapahtuma avattiin.")
	page, _ = h.page("/incidents?status=closed")
	holds(t, page, "/incidents/1", "1 of 8 done")
}

// proves I43 for incidents: both texts are shown, and none is lost.
func TestTwoWhoDraftTheSameStatementSeeBothTexts(t *testing.T) {
	t.Parallel()
	h := open(t)
	if _, err := h.rooms.Open(t.Context(), owner, alert.IncidentDraft{Title: "Lids"}); err != nil {
		t.Fatal(err)
	}
	h.follow("/incidents/1", "version", "1", "statement", "We know of their lids.")
	answer, body := h.send("/incidents/1", "version", "1", "statement", "We know of our lids.")
	if answer.StatusCode != http.StatusConflict {
		t.Fatalf("%d", answer.StatusCode)
	}
	holds(t, body, "We know of their lids.", ">We know of our lids.</textarea>", "Both texts stand here", `name="version" value="2"`, "Another statement, written for version 1")
	page := h.follow("/incidents/1", "version", "2", "statement", "We know of all lids.")
	holds(t, page, "We know of all lids.")
	answer, body = h.send("/incidents/1", "version", "3", "threshold", "many")
	if answer.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, "1 to 100,000,000") {
		t.Errorf("a size that is none: %d", answer.StatusCode)
	}
}

func TestAnIncidentOpenedByHandNeedsATitle(t *testing.T) {
	t.Parallel()
	h := open(t)
	answer, body := h.send("/incidents", "title", "", "class", "act")
	if answer.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("%d", answer.StatusCode)
	}
	holds(t, body, "An incident needs a title.", "field-why")
	page := h.follow("/incidents", "title", "Broken lids", "class", "all-hands", "runbook", "product")
	holds(t, page, "Broken lids", "All hands", "Collect model, batch and place")
}

func TestHowAMonitorIsWatchedIsChosenInWords(t *testing.T) {
	t.Parallel()
	h := open(t)
	if _, err := h.monitors.Create(t.Context(), owner, monitor.Draft{Name: "Coffee", Query: "coffee"}); err != nil {
		t.Fatal(err)
	}
	page, _ := h.page("/watching")
	holds(t, page, "Coffee", "About one in two weeks", "Volume · Negative share · Slow rise")
	saved := []string{"version", "0", "on", "1", "volume", "1", "negative", "1", "budget", "3", "zone", "Europe/Helsinki", "threshold", "500",
		"from-0", "22:00", "to-0", "07:00", "day-0", "1", "day-0", "2", "own", "author:kaffora", "campaign-0", "Bean bags", "begins-0", "2026-12-01T08:00", "ends-0", "2026-12-02T20:00"}
	page = h.follow("/watching/1", saved...)
	holds(t, page, "Saved.", "About 2 a week", `value="22:00"`, "author:kaffora", "Bean bags", `value="2026-12-01T08:00"`)
	r, err := h.alerts.Rule(t.Context(), owner, 1)
	if err != nil || r.Rule.Budget != 2 || r.Rule.Drift || len(r.Rule.Quiet) != 1 || len(r.Rule.Quiet[0].Days) != 2 || r.Rule.Threshold != 500 ||
		r.Rule.Campaigns[0].From != time.Date(2026, 12, 1, 6, 0, 0, 0, time.UTC) {
		t.Errorf("%+v, %v", r, err)
	}
	answer, body := h.send("/watching/1", saved...) // of the version before
	if answer.StatusCode != http.StatusConflict {
		t.Errorf("%d", answer.StatusCode)
	}
	holds(t, body, "Somebody else changed this meanwhile", `name="version" value="1"`, "Bean bags")
	for field, value := range map[string]string{"zone": "Mars", "threshold": "-1", "own": "a AND (", "to-0": ""} {
		wrong := append([]string{}, saved...)
		for i := 0; i < len(wrong); i += 2 {
			switch wrong[i] {
			case field:
				wrong[i+1] = value
			case "version":
				wrong[i+1] = "1"
			}
		}
		answer, body := h.send("/watching/1", wrong...)
		if answer.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, "field-why") || !strings.Contains(body, "Bean bags") {
			t.Errorf("%s %q: %d", field, value, answer.StatusCode)
		}
	}
}

func TestWhoMayOnlyReadAlertsIsOfferedNoChange(t *testing.T) {
	t.Parallel()
	h := open(t)
	if _, err := h.monitors.Create(t.Context(), owner, monitor.Draft{Name: "Coffee", Query: "coffee"}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.rooms.Open(t.Context(), owner, alert.IncidentDraft{Title: "Lids"}); err != nil {
		t.Fatal(err)
	}
	h.actor = func(*http.Request) (access.Actor, error) {
		return access.Limited(here, 2, access.ReadMonitors, access.ReadPosts, access.ReadAlerts), nil
	}
	for _, path := range []string{"/incidents", "/incidents/1", "/watching/1", "/alerts"} {
		page, _ := h.page(path)
		if strings.Contains(page, "/notes") || strings.Contains(page, "new=1") || strings.Contains(page, `name="do" value="pause"`) || strings.Contains(page, "lucide-save") {
			t.Errorf("%s offers what is not allowed", path)
		}
	}
	for path, fields := range map[string][]string{"/incidents": {"title", "x"}, "/incidents/1": {"version", "1", "title", "x"}, "/incidents/1/notes": {"text", "x"}, "/publishing": {"do", "pause"}, "/watching/1": {"version", "0"}} {
		if answer, _ := h.send(path, fields...); answer.StatusCode != http.StatusForbidden && answer.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s answers %d", path, answer.StatusCode)
		}
	}
}

// proves BR1 for alerts and incidents: words, voices, posts and what people
// write are shown as text.
func TestHostileWordsOfAnAlertNeverBecomeMarkup(t *testing.T) {
	t.Parallel()
	h := open(t)
	posts := angry(12, "kaffora")
	for i, polyglot := range polyglots {
		s := fmt.Sprintf(polyglot, "tripwire()")
		for k := range 3 {
			posts = append(posts, hearth.Post{
				Network: "demo", ID: fmt.Sprint(s, k), Text: s + " kaffora tripwire", Title: s, Sentiment: hearth.Negative, Published: now, URL: s,
				Author: hearth.Author{ID: s, Handle: s, Name: s, Followers: hearth.KnownCount(int64(1000 * i))},
			})
		}
	}
	h.alarm(posts...)
	for i, polyglot := range polyglots {
		s := fmt.Sprintf(polyglot, "tripwire()")
		one, err := h.rooms.Open(t.Context(), owner, alert.IncidentDraft{Title: s})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.rooms.Note(t.Context(), owner, one.ID, s); err != nil {
			t.Fatal(err)
		}
		if _, err := h.rooms.Change(t.Context(), owner, one.ID, 1, alert.IncidentEdit{Statement: &s, Report: &s}); err != nil {
			t.Fatal(err)
		}
		if _, err := h.rooms.Change(t.Context(), owner, one.ID, 1, alert.IncidentEdit{Title: &s, Statement: &polyglots[(i+1)%len(polyglots)]}); hearth.ErrorCode(err) != hearth.Conflict {
			t.Fatal(err)
		}
	}
	paths := []string{"/alerts", "/alerts/1", "/incidents", "/watching", "/watching/1"}
	for i := range polyglots {
		paths = append(paths, fmt.Sprintf("/incidents/%d", i+1))
	}
	seen := 0
	for _, path := range paths {
		text, root := h.page(path)
		seen += strings.Count(text, "tripwire")
		each(root, func(n *html.Node) {
			if n.Type != html.ElementNode {
				return
			}
			if n.Data == "script" && n.FirstChild != nil || n.Data == "img" || n.Data == "b" || strings.HasPrefix(n.Data, "hx-") {
				t.Errorf("%s has a <%s>", path, n.Data)
			}
			for _, a := range n.Attr {
				if strings.HasPrefix(a.Key, "on") || a.Key == "style" || (a.Key == "href" || a.Key == "src" || a.Key == "action") && !regexp.MustCompile(`^(/|https?://|#|\?|$)`).MatchString(a.Val) {
					t.Errorf("%s has %s=%q", path, a.Key, a.Val)
				}
			}
		})
		shown := regexp.MustCompile(`(?s)<textarea.*?</textarea>|<input type="hidden"[^>]*>`).ReplaceAllString(text, "")
		if strings.ContainsAny(shown, "\x01\x1b\u202e\u202c") {
			t.Errorf("control or direction characters reach %s", path)
		}
	}
	if seen < 5*len(polyglots) {
		t.Errorf("the tripwire is shown %d times only: the test does not fill the pages", seen)
	}
}

func TestNoticesAreCountedByTheBellAndReadOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	page, _ := h.page("/notices")
	holds(t, page, "Nothing to tell you", "No unread notices")
	for _, title := range []string{"Lids", "Lamps"} {
		if _, err := h.rooms.Open(t.Context(), owner, alert.IncidentDraft{Title: title}); err != nil {
			t.Fatal(err)
		}
	}
	page, _ = h.page("/mentions")
	holds(t, page, "2 unread notices", `<span class="bell-n" aria-hidden="true">2</span>`)
	if page, _ = h.page("/"); strings.Contains(page, "Nothing needs you") {
		t.Error("Home says that nothing needs anybody beside unread notices")
	}
	holds(t, page, `<a class="need" href="/notices">`)
	page, _ = h.page("/notices", "Accept-Language", "de")
	holds(t, page, "Vorfall eröffnet: ", "Lamps", "2 ungelesene Mitteilungen", "Alle als gelesen markieren")
	page = h.follow("/notices/read", "id", "2", "to", "/incidents/2")
	holds(t, page, "1 unread notice", "Lamps")
	if answer, _ := h.send("/notices/read", "id", "1", "to", "https://evil.example"); answer.Header.Get("Location") != "/" {
		t.Errorf("it leads to %q", answer.Header.Get("Location"))
	}
	page = h.follow("/notices/read", "upto", "2")
	holds(t, page, "No unread notices")
}

// proves that the bell tells by itself: at once how many, and when that changes.
func TestTheBellTellsLive(t *testing.T) {
	t.Parallel()
	h := open(t)
	server := httptest.NewServer(h.web)
	defer server.Close()
	defer close(h.stopping)
	answer, err := http.Get(server.URL + "/notices/live")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	lines := make(chan string, 100)
	go func() {
		defer close(lines)
		for s := bufio.NewScanner(answer.Body); s.Scan(); {
			lines <- s.Text()
		}
	}()
	wait := func(want string) {
		t.Helper()
		deadline := time.NewTimer(time.Minute)
		defer deadline.Stop()
		for {
			select {
			case line, ok := <-lines:
				if strings.Contains(line, want) {
					return
				}
				if !ok {
					t.Fatalf("the stream ended without %s", want)
				}
			case <-deadline.C:
				t.Fatalf("never told: %s", want)
			}
		}
	}
	wait(`"unread":0`)
	if _, err := h.rooms.Open(t.Context(), owner, alert.IncidentDraft{Title: "Lids"}); err != nil {
		t.Fatal(err)
	}
	wait(`"unread":1,"latest":1,"title":"Incident opened: Lids","to":"/incidents/1"`)
	if err := h.alerts.ReadNotices(t.Context(), owner, 1, false); err != nil {
		t.Fatal(err)
	}
	wait(`"unread":0`)
}
