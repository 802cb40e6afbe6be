package translation

import (
	"strings"
	"testing"
)

// terms are words of ours that places of sentences are filled with, and titles
// that are put together in steps.
var terms = []string{
	"The link", "The set-up link", "The invitation", "The set-up of the app", "The sign-in",
	"waiting", "running", "done", "dead", "cancelled", // jobs
	"queued", "sending", "sent", "failed", "unknown", // dispatches
	"paused", "undoing", "undone", // runs
	"approved", "refused", "withdrawn", "void", "expired", // requests for approval
	"nothing", "null", "true or false", "a number", "a string", "an array", "an object", // jsonread.Kind
	"a whole number", "a time", "none here", "a channel like UC… or @acme", "a video like dQw4w9WgXcQ",
	"Hearth does not guess anyone's gender", "write url:reddit.com/r/NAME", "write authorid:", "posts in Hearth do not carry it",
	"At byte %d: %s", "New mention on %s", "New mention on %s by @%s",
	"All scheduled publishing is held back.", "Open in Hearth", "All scheduled publishing goes on.",
}

// TestEverySentenceIsTranslatedAndNoOther reads what Hearth says out of its source.
func TestEverySentenceIsTranslatedAndNoOther(t *testing.T) {
	t.Parallel()
	all, err := Read()
	if err != nil {
		t.Fatal(err)
	}
	places := map[string]string{}
	for _, s := range house(t) {
		places[key(s.format)] = s.place
	}
	for _, term := range terms {
		places[key(term)] = "the terms of this test"
	}
	if len(places) < 700 {
		t.Fatalf("only %d sentences are found: the test looks for the wrong thing", len(places))
	}
	for lang, l := range all {
		known := map[string]bool{}
		for from := range l.exact {
			known[from] = true
		}
		for _, f := range l.formats {
			known[f.key()] = true
		}
		for from, place := range places {
			if !known[from] {
				t.Errorf("%s: %q is not translated to %s", place, from, lang)
			}
		}
		for from := range known {
			if places[from] == "" {
				t.Errorf("%s: nobody says %q", lang, from)
			}
		}
	}
}

// key is a format as the catalogs are asked for it.
func key(text string) string { return parseFormat(text).key() }

func (f *format) key() string {
	var b strings.Builder
	for i, piece := range f.pieces {
		if i > 0 {
			b.WriteString("%" + string(f.verbs[i-1]))
		}
		b.WriteString(piece)
	}
	return b.String()
}
