package web

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// sources is every file of the room with one of the endings.
func sources(t *testing.T, endings ...string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(".", func(name string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() || strings.Contains(name, "vendor") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		for _, ending := range endings {
			if strings.HasSuffix(name, ending) {
				body, err := os.ReadFile(name)
				files[filepath.ToSlash(name)] = string(body)
				return err
			}
		}
		return nil
	})
	if err != nil || len(files) == 0 {
		t.Fatalf("no files %v: %v", endings, err)
	}
	return files
}

// proves BR3 and the lint half of BR1 and BR2: nothing in a template runs, and
// every element that htmx acts on carries the nonce.
func TestTemplatesHoldNothingThatRuns(t *testing.T) {
	t.Parallel()
	bound := 0
	for name, body := range sources(t, ".html") {
		for _, bad := range []string{"hx-on", "js:", "javascript:", "<style", "style=", "data-on", " onclick", " onload", "srcdoc", "hx-vals='js", "unsafe", "hx-live"} {
			if strings.Contains(body, bad) {
				t.Errorf("%s holds %q", name, bad)
			}
		}
		if m := regexp.MustCompile(`hx-trigger="[^"]*\[`).FindString(body); m != "" {
			t.Errorf("%s has a trigger filter, which is evaluated: %s", name, m)
		}
		// Actions inside attributes may hold quotes of their own.
		plain := regexp.MustCompile(`\{\{[^}]*\}\}`).ReplaceAllStringFunc(body, func(action string) string {
			return strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(action, `"`, ""), "<", ""), ">", "")
		})
		z := html.NewTokenizer(strings.NewReader(plain))
		for {
			kind := z.Next()
			if kind == html.ErrorToken {
				break
			}
			token := z.Token()
			acts, nonce := false, ""
			for _, a := range token.Attr {
				switch {
				case a.Key == "hx-nonce" || a.Key == "nonce":
					nonce = a.Val
				case strings.HasPrefix(a.Key, "hx-") && a.Key != "hx-ignore" && a.Key != "hx-morph-skip":
					acts = true
				}
			}
			if acts {
				bound++
			}
			if (acts || token.Data == "script" && kind == html.StartTagToken) && nonce != "{{nonce}}" {
				t.Errorf("%s: <%s> lacks its nonce: %s", name, token.Data, token)
			}
		}
	}
	if bound < 4 {
		t.Fatal("no element is bound to htmx: the test looks for the wrong thing")
	}
}

func TestOnlyOneFileHandsMarkupToTemplates(t *testing.T) {
	t.Parallel()
	found := false
	for name, body := range sources(t, ".go") {
		if regexp.MustCompile(`template\.(HTML|HTMLAttr|JS|JSStr|CSS|URL|Srcset)\(`).MatchString(body) {
			found = found || name == "icons.go"
			if name != "icons.go" {
				t.Errorf("%s hands markup to templates", name)
			}
		}
	}
	if !found {
		t.Fatal("icons.go does not: the test looks for the wrong thing")
	}
}

func TestScriptsMakeNoMarkup(t *testing.T) {
	t.Parallel()
	for name, body := range sources(t, ".js") {
		for _, bad := range []string{"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "DOMParser", "createContextualFragment", ".style."} {
			if strings.Contains(body, bad) {
				t.Errorf("%s uses %s", name, bad)
			}
		}
	}
}
