package corpus_test

import (
	"testing"

	"hearth/analysis/corpus"
)

func TestCleanEvensOutWhatDiffersBetweenSets(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"fish &amp; chips":             "fish & chips",
		"a &amp;lt;3 b":                "a <3 b",
		"see http":                     "see https://t.co/x",
		"see {link} or [link]":         "see https://t.co/x or https://t.co/x",
		"see https://shop.example/a?b": "see https://t.co/x",
		"@USER and @mention: hi":       "@user and @user: hi",
		"the https scheme":             "the https://t.co/x scheme",
		"httpd is a server":            "httpd is a server",
	} {
		if got := corpus.Clean(given); got != want {
			t.Errorf("%q: got %q, want %q", given, got, want)
		}
	}
}

func TestCopiesFallIntoOneBucket(t *testing.T) {
	t.Parallel()
	if corpus.Bucket("Good  morning\nall", 1000) != corpus.Bucket("good morning ALL", 1000) {
		t.Error("case and white space move a text to another bucket")
	}
	rows := corpus.Distinct([]corpus.Row{{Text: "Good  morning"}, {Text: "good morning"}, {Text: "good night"}})
	if len(rows) != 2 || rows[0].Text != "Good  morning" {
		t.Errorf("got %v", rows)
	}
}
