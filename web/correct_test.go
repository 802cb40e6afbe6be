package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"hearth"
	"hearth/monitor"
)

// sendPart is send by script.
func (h *house) sendPart(path string, fields ...string) (*http.Response, string) {
	h.t.Helper()
	values := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		values.Add(fields[i], fields[i+1])
	}
	r := httptest.NewRequest("POST", path, strings.NewReader(values.Encode()))
	return h.ask(r, "Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "same-origin", "HX-Request", "true")
}

func TestAPostIsCorrectedOnItsPageAndTakenBack(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := post("1", "the coffee is cold")
	p.Sentiment, p.Lang, p.Spam = hearth.Neutral, "en", hearth.False
	h.arrive(p)
	at := "/post?" + url.Values{"network": {"demo"}, "id": {"1"}}.Encode()
	to := "/post/correct?network=demo&id=1"
	page, _ := h.page(at)
	holds(t, page, `name="say" value="sentiment=neutral" aria-pressed="true"`, `name="say" value="spam=true"`, `<option value="en" selected`)

	page = h.follow(to, "say", "sentiment=negative")
	holds(t, page, "Corrected.", `value="sentiment=negative" aria-pressed="true"`, "the analysis says: neutral", "Sentiment: neutral → negative")
	run := regexp.MustCompile(`name="undo" value="(\d+)"`).FindStringSubmatch(page)
	if run == nil {
		t.Fatal("there is no way to undo it")
	}
	holds(t, h.follow(to, "undo", run[1]), `value="sentiment=neutral" aria-pressed="true"`, "undone by")
	page = h.follow(to, "intent", "complaint", "intent", "question", "intent", "none")
	holds(t, page, "Intents: nothing → complaint, question", `value="complaint" checked`, `value="question" checked`)
	holds(t, h.follow(to, "intent", "none"), "Intents: complaint, question → nothing")
	holds(t, h.follow(to, "lang", "de"), "Language: English → German", `<option value="de" selected`)
	holds(t, h.follow(to, "say", "lang=machine"), "Language: what the analysis says", `<option value="en" selected`)

	for _, wrong := range [][]string{{"say", "sentiment=angry"}, {"say", "text=x"}, {"say", ""}, {"lang", nasty}, {"undo", "x"}, {"spam", "\x00"}} {
		if answer, body := h.send(to, wrong...); answer.StatusCode < 400 || answer.StatusCode >= 500 || strings.Contains(body, nasty) {
			t.Errorf("%q answers %d", wrong, answer.StatusCode)
		}
	}
	if answer, _ := h.send("/post/correct?network=demo&id=nobody", "say", "spam=true"); answer.StatusCode != http.StatusNotFound {
		t.Errorf("a post that is not there answers %d", answer.StatusCode)
	}
}

func TestAPostInTheStreamIsCorrectedWhereItStands(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.arrive(hearth.Post{Network: "demo", ID: nasty, Text: "coffee " + nasty, Published: now.Add(-time.Hour), Sentiment: hearth.Positive, Author: hearth.Author{ID: "a", Name: nasty}})
	page, _ := h.page("/mentions?period=all")
	holds(t, page, `value="sentiment=positive" aria-pressed="true"`, `<option value="machine">`)
	to := "/post/correct?" + url.Values{"network": {"demo"}, "id": {nasty}}.Encode()
	answer, card := h.sendPart(to, "say", "sentiment=negative")
	if answer.StatusCode != http.StatusOK || !strings.HasPrefix(strings.TrimSpace(card), "<article") || strings.Contains(card, nasty) {
		t.Fatalf("it answers %d %s", answer.StatusCode, card)
	}
	holds(t, card, `value="sentiment=negative" aria-pressed="true"`, "Corrected.", `class="fact corrected"`)
	run := regexp.MustCompile(`name="undo" value="(\d+)"`).FindStringSubmatch(card)
	_, card = h.sendPart(to, "undo", run[1])
	holds(t, card, `value="sentiment=positive" aria-pressed="true"`)
	if strings.Contains(card, "fact corrected") {
		t.Error("what was undone is still shown")
	}
	h.send("/mentions/tag?period=all&q=coffee", "set", "", "drop", "", "sentiment", "", "spam", "true", "lang", "", "intent", "")
	page, _ = h.page("/lists")
	holds(t, page, "Spam: spam")
}

func TestPostsDrawnByChanceAreJudgedAndSayHowRightTheAnalysisIs(t *testing.T) {
	t.Parallel()
	h := open(t)
	if _, err := h.monitors.Create(t.Context(), owner, monitor.Draft{Name: nasty, Query: "coffee"}); err != nil {
		t.Fatal(err)
	}
	var posts []hearth.Post
	for i := range 3 {
		p := post(strconv.Itoa(i), "coffee "+nasty)
		p.Sentiment, p.Lang = hearth.Neutral, "en"
		posts = append(posts, p)
	}
	h.arrive(posts...)
	page, _ := h.page("/monitors/1/accuracy")
	holds(t, page, "Nothing judged yet", "Check 20 random posts", "0 of 3 posts were corrected")
	page = h.follow("/monitors/1/accuracy", "field", "sentiment")
	holds(t, page, "Check: Sentiment", "0 of 3 judged", "shown afterwards", `value="negative" data-key="3"`)
	if strings.Contains(page, nasty) || strings.Contains(page, `class="feeling`) {
		t.Error("the page sways who judges, or holds markup of others")
	}
	page = h.follow("/monitors/1/accuracy/answer", "check", "1", "place", "1", "answer", "neutral")
	holds(t, page, "The analysis was right: neutral.", "1 of 3 judged")
	page = h.follow("/monitors/1/accuracy/answer", "check", "1", "place", "2", "answer", "negative")
	holds(t, page, "The analysis was wrong: neutral.", "2 of 3 judged")
	holds(t, h.follow("/monitors/1/accuracy/answer", "check", "1", "place", "2", "answer", ""), "1 of 3 judged", `name="place" value="2"`)
	h.follow("/monitors/1/accuracy/answer", "check", "1", "place", "2", "answer", "negative")
	holds(t, h.follow("/monitors/1/accuracy/answer", "check", "1", "place", "3", "answer", "neutral"), "All are judged")
	page, _ = h.page("/monitors/1/accuracy")
	holds(t, page, "67%", "between 21% and 94%", "3 posts drawn by chance were judged.")

	page = h.follow("/monitors/1/accuracy", "field", "lang")
	holds(t, page, "The analysis says: English. Is that right?", `value="en" data-key="y"`, `value="?" data-key="x"`)
	holds(t, h.follow("/monitors/1/accuracy/answer", "check", "2", "place", "1", "answer", "?"), "The analysis was wrong: English.")
	for _, wrong := range [][]string{{"check", "1", "place", "x", "answer", "neutral"}, {"check", "9", "place", "1", "answer", "neutral"}, {"check", "1", "place", "1", "answer", nasty}, {"check", "1", "place", "99", "answer", "neutral"}} {
		if answer, body := h.send("/monitors/1/accuracy/answer", wrong...); answer.StatusCode < 400 || answer.StatusCode >= 500 || strings.Contains(body, nasty) {
			t.Errorf("%q answers %d", wrong, answer.StatusCode)
		}
	}
	if answer, _ := h.get("/monitors/1/accuracy?check=77"); answer.StatusCode != http.StatusNotFound {
		t.Errorf("a check that is not there answers %d", answer.StatusCode)
	}
}
