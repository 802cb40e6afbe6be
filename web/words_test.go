package web

import (
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// TestEveryMessageIsThereInEveryLanguageAndUsed reads the keys out of templates
// and Go. A key that is put together begins with a set that is named in full.
func TestEveryMessageIsThereInEveryLanguageAndUsed(t *testing.T) {
	t.Parallel()
	all, err := readWords()
	if err != nil {
		t.Fatal(err)
	}
	used, sets := map[string]string{}, map[string]bool{}
	for name, body := range sources(t, ".html", ".go") {
		for _, m := range regexp.MustCompile(`(?:\bt|\.say\(|Key:) *"([a-z0-9.-]+)"`).FindAllStringSubmatch(body, -1) {
			used[m[1]] = name
		}
		for _, m := range regexp.MustCompile(`(?:\bname|\.name\() *"([a-z-]+)"`).FindAllStringSubmatch(body, -1) {
			sets[m[1]+"."] = true
		}
		for _, m := range regexp.MustCompile(`\.say\("([a-z.-]+\.)" ?\+`).FindAllStringSubmatch(body, -1) {
			sets[m[1]] = true
		}
		for _, m := range regexp.MustCompile(`"(post\.[a-z]+)", p\.`).FindAllStringSubmatch(body, -1) {
			used[m[1]] = name
		}
	}
	delete(used, "key") // of the guide
	if len(used) < 50 || len(sets) < 5 {
		t.Fatalf("only %d keys and %d sets are found: the test looks for the wrong thing", len(used), len(sets))
	}
	for key, file := range used {
		for _, lang := range languages {
			if !all[lang].known[key] && !strings.HasSuffix(key, ".") {
				t.Errorf("%s: %s is missing in %s", file, key, lang)
			}
		}
	}
	for _, lang := range languages {
		for key := range all[lang].known {
			inSet := false
			for set := range sets {
				inSet = inSet || strings.HasPrefix(key, set)
			}
			if _, ok := used[key]; !ok && !inSet {
				t.Errorf("%s: nobody uses %s", lang, key)
			}
			if !all["en"].known[key] {
				t.Errorf("%s: %s is not in English", lang, key)
			}
		}
		for key := range all["en"].known {
			if !all[lang].known[key] {
				t.Errorf("%s: %s is missing", lang, key)
			}
		}
	}
}

// TestTemplatesHoldNoSentences: what people read comes from the catalogs.
func TestTemplatesHoldNoSentences(t *testing.T) {
	t.Parallel()
	// Names, keys on a keyboard, commands.
	allowed := regexp.MustCompile(`^(Hearth|status\.json|esc|Ctrl K|[a-z1-3/?↵✕!·–…▲▼■(),.:64%# -]|hearth [a-z' A-Z]+|&\w+;)*$`)
	for name, body := range sources(t, ".html") {
		if name == "pages/style.html" {
			body = strings.ReplaceAll(body, `value="Kaffora"`, "")
			body = strings.ReplaceAll(body, `Kaffora`, "")
		}
		plain := regexp.MustCompile(`(?s)\{\{.*?\}\}`).ReplaceAllString(body, "")
		plain = strings.NewReplacer("<noscript>", "", "</noscript>", "").Replace(plain) // else text to the tokenizer
		z := html.NewTokenizer(strings.NewReader(plain))
		for kind := z.Next(); kind != html.ErrorToken; kind = z.Next() {
			token := z.Token()
			if kind == html.TextToken {
				if s := strings.TrimSpace(token.Data); s != "" && !allowed.MatchString(s) {
					t.Errorf("%s says %q itself", name, s)
				}
			}
			for _, a := range token.Attr {
				if s := strings.TrimSpace(a.Val); (a.Key == "title" || a.Key == "aria-label" || a.Key == "placeholder" || a.Key == "alt") && s != "" && !allowed.MatchString(s) {
					t.Errorf("%s says %s=%q itself", name, a.Key, s)
				}
			}
		}
	}
}

func TestPluralsAndNumbersFollowTheLanguage(t *testing.T) {
	t.Parallel()
	all, err := readWords()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ lang, key, one, many string }{
		{"en", "author.posts", "1 post here", "12,345 posts here"},
		{"de", "author.posts", "1 Beitrag hier", "12.345 Beiträge hier"},
		{"fi", "author.posts", "1 julkaisu täällä", "12\u00a0345 julkaisua täällä"},
		{"zh", "author.posts", "此处 1 条帖子", "此处 12,345 条帖子"},
	} {
		if got := all[c.lang].say(c.key, "n", 1); got != c.one {
			t.Errorf("%s: %q, want %q", c.lang, got, c.one)
		}
		if got := all[c.lang].say(c.key, "n", 12345); got != c.many {
			t.Errorf("%s: %q, want %q", c.lang, got, c.many)
		}
	}
	if got := all["fi"].language("sv"); got != "ruotsi" {
		t.Errorf("Swedish is %q in Finnish", got)
	}
}

func TestTheLanguageIsTheOneWishedFor(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ setting, accept, want string }{
		{"", "", "en"}, {"", "fr, de;q=0.8", "de"}, {"fi", "de", "fi"}, {"", "zh-TW", "zh"}, {"xx", "zh-CN,en", "zh"}, {"", "sv", "en"}, {"", strings.Repeat("a,", 500), "en"},
	} {
		if got := chosen(c.setting, c.accept); got != c.want {
			t.Errorf("chosen(%q, %.20q) = %s, want %s", c.setting, c.accept, got, c.want)
		}
	}
}
