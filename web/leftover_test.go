package web_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"hearth"
	"hearth/monitor"
	"hearth/web"
)

// catalog is every message of a language by key; of plurals, all forms.
func catalog(t *testing.T, lang string) map[string][]string {
	t.Helper()
	files, err := filepath.Glob("locale/*." + lang + ".json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no catalogs: %v", err)
	}
	all := map[string][]string{}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var messages map[string]json.RawMessage
		if err := json.Unmarshal(body, &messages); err != nil {
			t.Fatal(err)
		}
		for key, raw := range messages {
			var one string
			var forms map[string]string
			if json.Unmarshal(raw, &one) == nil {
				all[key] = []string{one}
			} else if json.Unmarshal(raw, &forms) == nil {
				for _, form := range forms {
					all[key] = append(all[key], form)
				}
			}
		}
	}
	return all
}

// verbName is the name that programs know a verb by.
var verbName = regexp.MustCompile(`^[a-z]+(\.[a-z-]+)+$`)

var wordIn = regexp.MustCompile(`\p{L}[\p{L}\p{M}'’-]*\p{L}`)

func wordsOf(s string) []string {
	s = regexp.MustCompile(`\{\{.*?\}\}`).ReplaceAllString(s, " ")
	return wordIn.FindAllString(strings.ToLower(s), -1)
}

// TestNoEnglishIsLeftInAnotherLanguage walks every page there is in every
// language: no word of the English catalogs that the language does not have
// stands on it. What is said in English on purpose is marked (lang="en"), what
// comes from outside is isolated (bdi), and code is code.
func TestNoEnglishIsLeftInAnotherLanguage(t *testing.T) {
	t.Parallel()
	h := open(t)
	// Nothing of the house itself is a word of a catalog.
	if _, err := h.monitors.Create(t.Context(), owner, monitor.Draft{Name: "Zwqx", Query: "zwqx"}); err != nil {
		t.Fatal(err)
	}
	h.arrive(hearth.Post{
		Network: "demo", ID: "1", Text: "zwqx", Lang: "en", Published: now.Add(-time.Hour), Author: hearth.Author{ID: "qj", Name: "Qj Vx", Handle: "qjvx"},
		Sentiment: hearth.Negative, Intent: []hearth.Intent{hearth.Complaint}, Hashtags: []string{"zwqx"}, Links: []string{"https://zwqx.example/"},
	})
	var paths []string
	for _, r := range web.Routes() {
		if r.Method != http.MethodGet || r.Class == web.Stream || strings.HasSuffix(r.Path, ".json") {
			continue
		}
		path := strings.NewReplacer("{$}", "", "{id}", "1", "{chapter}", "query", "{group}", "cups", "{token}", "x").Replace(r.Path)
		if path == "/post" {
			path += "?network=demo&id=1"
		}
		paths = append(paths, path)
	}
	for _, lang := range []string{"de", "fi", "zh"} {
		foreign := englishOnly(t, lang)
		seen := 0
		for _, path := range paths {
			answer, body := h.get(path, "Cookie", "lang="+lang)
			if answer.StatusCode/100 == 3 || !strings.HasPrefix(answer.Header.Get("Content-Type"), "text/html") {
				continue // what is no page says nothing
			}
			root, err := html.Parse(strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			seen++
			saysNo(t, root, foreign, path+" in "+lang)
		}
		if seen < len(paths)/2 {
			t.Errorf("%s: only %d of %d pages were seen", lang, seen, len(paths))
		}
	}
}

// englishOnly are the words of the English catalogs that a language does not
// have, each with a key that has it.
func englishOnly(t *testing.T, lang string) map[string]string {
	t.Helper()
	english := catalog(t, "en")
	own := map[string]bool{"invented": true} // the network of the test
	if lang == "de" {
		own["service"] = true // a word of the templates of monitors
	}
	for _, forms := range catalog(t, lang) {
		for _, form := range forms {
			for _, w := range wordsOf(form) {
				own[w] = true
			}
		}
	}
	said, err := filepath.Glob("../translation/catalog/*." + lang + ".json")
	if err != nil || len(said) == 0 {
		t.Fatal("no sentences of verbs are translated", err)
	}
	for _, name := range said {
		text, err := os.ReadFile(name)
		var sentences map[string]string
		if err == nil {
			err = json.Unmarshal(text, &sentences)
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, sentence := range sentences {
			for _, w := range wordsOf(sentence) {
				own[w] = true
			}
		}
	}
	foreign := map[string]string{} // words that are English only, and a key that has them
	for key, forms := range english {
		for _, form := range forms {
			for _, w := range wordsOf(form) {
				if len(w) > 2 && !own[w] {
					foreign[w] = key
				}
			}
		}
	}
	if len(foreign) < 200 {
		t.Fatalf("%s: only %d words are English: the test looks for the wrong thing", lang, len(foreign))
	}
	return foreign
}

// saysNo finds fault with words that are foreign to a page.
func saysNo(t *testing.T, root *html.Node, foreign map[string]string, where string) {
	t.Helper()
	told := map[string]bool{}
	eachSaid(root, func(s string) {
		for _, w := range wordsOf(s) {
			if key, left := foreign[w]; left && !told[w] {
				told[w] = true
				t.Errorf("%s: %q of %s is English, in %q", where, w, key, s)
			}
		}
	})
}

// eachSaid gives every text that the page itself says: what is read, and what is
// read out.
func eachSaid(n *html.Node, say func(string)) {
	if n.Type == html.ElementNode {
		switch n.Data {
		case "script", "style", "noscript", "code", "pre", "kbd", "bdi", "textarea", "title", "option", "svg":
			return
		}
		if lang := attribute(n, "lang"); lang == "en" || attribute(n, "translate") == "no" {
			return
		}
		for _, name := range []string{"aria-label", "placeholder", "title", "alt"} {
			if s := attribute(n, name); !verbName.MatchString(s) {
				say(s)
			}
		}
	}
	if n.Type == html.TextNode {
		if s := strings.Join(strings.Fields(n.Data), " "); s != "" {
			say(s)
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		eachSaid(c, say)
	}
}
