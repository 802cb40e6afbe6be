package hearth_test

import (
	"strings"
	"testing"
	"unicode"

	"hearth"
)

func TestForeignTextIsMadeVisible(t *testing.T) {
	t.Parallel()
	show := func(in, want string) {
		t.Helper()
		if got := hearth.Visible(in); got != want {
			t.Errorf("Visible(%q) = %q, want %q", in, got, want)
		}
	}
	show("plain words", "plain words")
	show("two\n\n lines\tand tabs", "two lines and tabs")
	show("\x1b[2Jgone", `\u001b[2Jgone`)
	show("\u009b31mred", `\u009b31mred`)
	show("user\u202egnp.exe", `user\u202egnp.exe`)
	show("zero\u200bwidth", `zero\u200bwidth`)
	show("\U000E0001tag", `\u{e0001}tag`)
	show("bad \xff byte", "bad \uFFFD byte")
	show("می\u200cخواهم", "می\u200cخواهم")
	show("👩‍👩‍👧 ❤️ 🏴󠁧󠁢󠁥󠁮󠁧󠁿", "👩‍👩‍👧 ❤️ 🏴󠁧󠁢󠁥󠁮󠁧󠁿")
	show("กำลัง หนู", "กำลัง หนู")
}

func TestTowersOfMarksAreCut(t *testing.T) {
	t.Parallel()
	for name, tower := range map[string]string{
		"marks":     "a" + strings.Repeat("\u0301", 500),
		"selectors": "a" + strings.Repeat("\u0301\ufe0f", 500),
		"joiners":   "a" + strings.Repeat("\u0301\u200d", 500),
	} {
		marks := 0
		for _, r := range hearth.Visible(tower) {
			if unicode.Is(unicode.Mn, r) {
				marks++
			}
		}
		if marks > 8 {
			t.Errorf("%s: %d marks are left on one letter", name, marks)
		}
	}
}

func FuzzVisible(f *testing.F) {
	f.Add("a\x00b\u202e")
	f.Add("é👍🏽 \xff")
	f.Fuzz(func(t *testing.T, s string) {
		shown := hearth.Visible(s)
		for _, r := range shown {
			if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
				t.Fatalf("%q still holds %U", shown, r)
			}
		}
		if again := hearth.Visible(shown); again != shown {
			t.Fatalf("Visible is not stable: %q, then %q", shown, again)
		}
	})
}
