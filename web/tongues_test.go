package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"hearth/monitor"
	"hearth/web"
)

// TestWhatVerbsRefuseIsSaidInTheLanguageOfThePage fills every form of every
// page with what no verb takes, in every language: each answer says what is
// wrong, and no word of it is English.
func TestWhatVerbsRefuseIsSaidInTheLanguageOfThePage(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"de", "fi", "zh"} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			foreign := englishOnly(t, lang)
			if _, err := h.monitors.Create(t.Context(), owner, monitor.Draft{Name: "Zwqx", Query: "zwqx"}); err != nil {
				t.Fatal(err)
			}
			forms, refused := map[string]url.Values{}, 0
			for _, path := range h.pages() {
				answer, body := h.get(path, "Cookie", "lang="+lang)
				if answer.StatusCode != http.StatusOK || !strings.HasPrefix(answer.Header.Get("Content-Type"), "text/html") {
					continue
				}
				root, err := html.Parse(strings.NewReader(body))
				if err != nil {
					t.Fatal(err)
				}
				each(root, func(n *html.Node) {
					if n.Data == "form" && strings.EqualFold(attribute(n, "method"), "post") && attribute(n, "enctype") == "" {
						forms[attribute(n, "action")] = wronglyFilled(n)
					}
				})
			}
			for action, values := range forms {
				r := httptest.NewRequest(http.MethodPost, action, strings.NewReader(values.Encode()))
				answer, body := h.ask(r, "Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "same-origin", "Cookie", "lang="+lang)
				if answer.StatusCode < 400 {
					continue
				}
				refused++
				root, err := html.Parse(strings.NewReader(body))
				if err != nil {
					t.Fatal(err)
				}
				saysNo(t, root, foreign, action+" in "+lang)
			}
			if refused < 12 {
				t.Errorf("only %d of %d forms were refused", refused, len(forms))
			}
		})
	}
}

// wronglyFilled is what a form sends when all that can be typed is wrong.
func wronglyFilled(form *html.Node) url.Values {
	values := url.Values{}
	each(form, func(n *html.Node) {
		name := attribute(n, "name")
		switch {
		case name == "":
		case n.Data == "textarea", n.Data == "select", n.Data == "input" && attribute(n, "type") != "hidden":
			values.Set(name, `((("zwqx`+"\x00")
		case n.Data == "input":
			values.Set(name, attribute(n, "value"))
		}
	})
	return values
}

func TestErrorsAndSettingsAreInTheLanguageOfWhoeverLooks(t *testing.T) {
	t.Parallel()
	h := open(t)
	if _, err := h.monitors.Create(t.Context(), owner, monitor.Draft{Name: "Zwqx", Query: "zwqx"}); err != nil {
		t.Fatal(err)
	}
	send := func(lang, path string, pairs ...string) string {
		values := url.Values{}
		for i := 0; i < len(pairs); i += 2 {
			values.Set(pairs[i], pairs[i+1])
		}
		r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(values.Encode()))
		_, body := h.ask(r, "Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "same-origin", "Cookie", "lang="+lang)
		return html.UnescapeString(body)
	}
	for _, c := range []struct{ lang, none, unclosed, required, server string }{
		{"de", "Diesen Vorfall gibt es nicht.", "Das wird nie geschlossen.", "Server: Diese Angabe fehlt.", "Server</span>"},
		{"fi", "Tällaista tapahtumaa ei ole.", "Tätä ei suljeta missään.", "Palvelin on annettava.", "Palvelin</span>"},
		{"zh", "没有此事件。", "此处没有闭合。", "请填写服务器。", "服务器</span>"},
		{"en", "There is no such incident.", "This is never closed.", "Server is required.", "Server</span>"},
	} {
		_, body := h.get("/incidents/x", "Cookie", "lang="+c.lang)
		holds(t, body, c.none)
		holds(t, send(c.lang, "/monitors/save", "name", "Qj", "q", `"qjvx`), c.unclosed)
		holds(t, send(c.lang, "/sources/save", "network", "invented", "name", "Qj"), c.required, c.server)
	}
}

// pages are the addresses of all pages.
func (h *house) pages() (paths []string) {
	for _, r := range web.Routes() {
		if r.Method == http.MethodGet && r.Class != web.Stream && !strings.HasSuffix(r.Path, ".json") {
			paths = append(paths, strings.NewReplacer("{$}", "", "{id}", "1", "{chapter}", "query", "{group}", "cups", "{token}", "x").Replace(r.Path))
		}
	}
	return paths
}
