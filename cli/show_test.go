package cli

import (
	"strings"
	"testing"
	"time"

	"hearth"
	"hearth/client"
)

func TestCellsCountsColumnsOfATerminal(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]int{"": 0, "abc": 3, "日本": 4, "é": 1, "e\u0301": 1, "👍🏽": 2, "👨‍👩‍👧": 2, "❤️": 2, "กำ": 2, "🇫🇮": 2} {
		if got := cells(s); got != want {
			t.Errorf("cells(%q) = %d, want %d", s, got, want)
		}
	}
}

func TestCuttingNeverTearsACharacterApart(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"hello world", "日本語のテキスト", "👨‍👩‍👧👍🏽❤️🇫🇮", "e\u0301e\u0301e\u0301"} {
		for n := 1; n <= cells(s)+1; n++ {
			got := cut(s, n)
			if cells(got) > n {
				t.Errorf("cut(%q, %d) = %q is %d wide", s, n, got, cells(got))
			}
			if whole := strings.TrimSuffix(got, "…"); !strings.HasPrefix(s, whole) {
				t.Errorf("cut(%q, %d) = %q", s, n, got)
			}
		}
	}
}

func TestTablesLineUpAndFitTheTerminal(t *testing.T) {
	t.Parallel()
	table := func() *table {
		t := &table{columns: []column{{title: "no.", right: true}, {title: "name", grow: true}, {title: "state"}}}
		t.add("1", "日本語の名前がとても長い場合", "good")
		t.add("1,000", "short", "not so good")
		return t
	}
	for _, width := range []int{0, 40, 200} {
		var b strings.Builder
		if err := table().print(&b, terminal{width: width}, style{}); err != nil {
			t.Fatal(err)
		}
		column := -1
		for _, line := range strings.Split(strings.TrimRight(b.String(), "\n"), "\n") {
			if width > 0 && cells(line) > width {
				t.Errorf("%q is wider than %d", line, width)
			}
			for _, last := range []string{"state", "good", "not so good"} {
				if before, ok := strings.CutSuffix(line, last); ok {
					if column >= 0 && !strings.HasSuffix(before, "not so ") && cells(before) != column {
						t.Errorf("width %d: %q begins at %d, not at %d", width, last, cells(before), column)
					}
					if last == "state" {
						column = cells(before)
					}
				}
			}
		}
	}
}

func TestHitsAreMarkedInTextThatWasMadeSafe(t *testing.T) {
	t.Parallel()
	show := func(text string, hits []Range, want string) {
		t.Helper()
		var parts []string
		for _, w := range words(text, hits) {
			s := ""
			for _, p := range w {
				if p.hit {
					s += "[" + p.text + "]"
				} else {
					s += p.text
				}
			}
			parts = append(parts, s)
		}
		if got := strings.Join(parts, " "); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	show("a cold coffee", []Range{{7, 13}}, "a cold [coffee]")
	show("a cold\n\ncoffee, please", []Range{{2, 14}}, "a [cold] [coffee], please")
	show("\x1bcoffee\x07", []Range{{1, 7}}, `\u001b[coffee]\u0007`)
	show("日本のコーヒー", []Range{{9, 21}}, "日本の[コーヒー]")
	show("abc", []Range{{2, 9}, {1, 2}, {0, 3}}, "[abc]")
	show("  ", nil, "")
}

func TestAPlaceInAQueryIsPointedAt(t *testing.T) {
	t.Parallel()
	s := sessionOf(t, nil, nil)
	point := func(query string, offset int, want string) {
		t.Helper()
		var b strings.Builder
		s.writeProblems(&b, query, []client.Diagnostic{{Code: "x", Severity: "error", Offset: offset, Message: "M."}})
		lines := strings.Split(b.String(), "\n")
		under := lines[0][:0]
		if at := strings.Index(lines[1], "^"); at >= 0 {
			n := 0
			for i := range lines[0] {
				if cells(lines[0][:i]) == at {
					n = i
					break
				}
			}
			under = lines[0][n:]
		}
		if !strings.HasPrefix(under, want) {
			t.Errorf("%.40q at %d: the caret is under %.20q, want %q", query, offset, under, want)
		}
	}
	point("a AND b OR c", 8, "OR c")
	point("日本 AND (b", 11, "(b")
	point("first line\nsecond OR AND", 21, "AND")
	point(strings.Repeat("word ", 1000)+"HERE "+strings.Repeat("more ", 1000), 5000, "HERE")
}

func TestTimesBackAreUnderstood(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	s := sessionOf(t, nil, nil)
	s.env.Clock = func() time.Time { return now }
	for text, want := range map[string]time.Time{
		"": {}, "7d": now.Add(-7 * 24 * time.Hour), "12h": now.Add(-12 * time.Hour), "2026-05-31": time.Date(2026, 5, 31, 0, 0, 0, 0, time.UTC),
		"2026-05-31T09:00:00+02:00": time.Date(2026, 5, 31, 7, 0, 0, 0, time.UTC),
	} {
		if got, err := s.moment("from", text); err != nil || !got.Equal(want) {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	for _, bad := range []string{"yesterday", "-3h", "7", "2026-13-01"} {
		if _, err := s.moment("from", bad); hearth.ErrorCode(err) != hearth.Invalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
