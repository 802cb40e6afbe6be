// Package analysistest holds the behaviour that all analyzers share: what they
// are told apart from, given fields stay, the same post gets the same answer
// from any number of goroutines, nothing is allocated per post, and no text
// takes long. It also has invented posts to measure speed with.
package analysistest

import (
	"fmt"
	"math"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hearth"
	"hearth/analysis"
	"hearth/text"
)

// Case is a post with the answer wanted of an analyzer, as Answer gives it.
type Case struct {
	Lang string // given with the post; language identification gets none
	Text string
	Want string // "" wants no answer
}

// Suite is what Run needs to know of an analyzer.
type Suite struct {
	Analyzer analysis.Analyzer
	Answer   func(*hearth.Post) string // what the analyzer added, as text; "" for nothing
	Given    func(*hearth.Post)        // sets every field the analyzer adds, to something odd
	Exact    []Case                    // all of these must be right
	Cases    []Case                    // at least twenty, of which
	Floor    float64                   // this share must be right
}

// Run checks an analyzer against all that analyzers share.
// It counts allocations, so the test that calls it must not be parallel.
func Run(t *testing.T, s Suite) {
	t.Run("NamesWhatItAdds", func(t *testing.T) {
		if s.Analyzer.Name == "" || s.Analyzer.Version < 1 || len(s.Analyzer.Adds) == 0 {
			t.Errorf("an analyzer has a name, a version from 1 and fields it adds: %q, %d, %q", s.Analyzer.Name, s.Analyzer.Version, s.Analyzer.Adds)
		}
	})
	t.Run("IsRightOftenEnough", s.quality)
	t.Run("NeverOverwrites", s.given)
	t.Run("AnswersTheSameFromManyGoroutines", s.concurrent)
	t.Run("DoesNotDependOnTheBatch", s.batches)
	t.Run("AllocatesNothingPerPost", s.allocations)
	t.Run("SurvivesHostileText", s.hostile)
}

// wantsLang says whether posts come to the analyzer with their language.
func (s *Suite) wantsLang() bool { return !slices.Contains(s.Analyzer.Adds, "lang") }

func (s *Suite) answer(c Case) string {
	post := &hearth.Post{Network: "bluesky", ID: "1", Text: c.Text, Lang: c.Lang}
	var doc text.Doc
	Read(&doc, post)
	s.Analyzer.Run([]analysis.Item{{Post: post, Doc: &doc}})
	return s.Answer(post)
}

func (s *Suite) quality(t *testing.T) {
	for _, c := range s.Exact {
		if got := s.answer(c); got != c.Want {
			t.Errorf("%q (%s): got %q, want %q", c.Text, c.Lang, got, c.Want)
		}
	}
	if len(s.Cases) < 20 {
		t.Fatalf("%d cases say nothing about quality; give at least 20", len(s.Cases))
	}
	var missed []string
	for _, c := range s.Cases {
		if got := s.answer(c); got != c.Want {
			missed = append(missed, fmt.Sprintf("%q (%s): got %q, want %q", c.Text, c.Lang, got, c.Want))
		}
	}
	right := 1 - float64(len(missed))/float64(len(s.Cases))
	t.Logf("%.3f of %d cases right", right, len(s.Cases))
	if right < s.Floor {
		t.Errorf("%.3f of the cases are right, want %.3f:\n%s", right, s.Floor, strings.Join(missed, "\n"))
	}
}

func (s *Suite) given(t *testing.T) {
	for _, c := range append(s.Exact, s.Cases...) {
		post := &hearth.Post{Network: "bluesky", ID: "1", Text: c.Text, Lang: c.Lang}
		s.Given(post)
		want := *post
		var doc text.Doc
		Read(&doc, post)
		s.Analyzer.Run([]analysis.Item{{Post: post, Doc: &doc}})
		if !reflect.DeepEqual(*post, want) {
			t.Fatalf("%q: a post that has its fields was changed:\n%+v\n%+v", c.Text, want, *post)
		}
	}
}

func (s *Suite) concurrent(t *testing.T) {
	posts := Posts(s.wantsLang())
	docs := make([]text.Doc, len(posts))
	want := make([]hearth.Post, len(posts))
	for i := range posts {
		Read(&docs[i], &posts[i])
		want[i] = posts[i]
		s.Analyzer.Run([]analysis.Item{{Post: &want[i], Doc: &docs[i]}})
	}
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for range 5 {
				got := append([]hearth.Post(nil), posts...)
				items := make([]analysis.Item, len(got))
				for i := range got {
					items[i] = analysis.Item{Post: &got[i], Doc: &docs[i]}
				}
				s.Analyzer.Run(items)
				if !reflect.DeepEqual(got, want) {
					t.Error("the same posts got other answers")
					return
				}
			}
		})
	}
	wait.Wait()
}

func (s *Suite) batches(t *testing.T) {
	posts := Posts(s.wantsLang())
	docs := make([]text.Doc, len(posts))
	alone := append([]hearth.Post(nil), posts...)
	together := append([]hearth.Post(nil), posts...)
	var items []analysis.Item
	for i := len(posts) - 1; i >= 0; i-- {
		Read(&docs[i], &posts[i])
		s.Analyzer.Run([]analysis.Item{{Post: &alone[i], Doc: &docs[i]}})
		items = append(items, analysis.Item{Post: &together[i], Doc: &docs[i]})
	}
	s.Analyzer.Run(items)
	if !reflect.DeepEqual(alone, together) {
		t.Error("a post's answer depends on the posts beside it")
	}
	s.Analyzer.Run(nil)
}

func (s *Suite) allocations(t *testing.T) {
	given := Posts(s.wantsLang())
	posts := make([]hearth.Post, len(given))
	docs := make([]text.Doc, len(given))
	items := make([]analysis.Item, len(given))
	for i := range given {
		Read(&docs[i], &given[i])
		items[i] = analysis.Item{Post: &posts[i], Doc: &docs[i]}
	}
	runtime.GC()
	// A collection may empty the pool of readers, and the race detector empties
	// it at random; once they are there again, a batch allocates nothing.
	least := math.Inf(1)
	for range 50 {
		least = min(least, testing.AllocsPerRun(1, func() {
			copy(posts, given)
			s.Analyzer.Run(items)
		}))
		if least == 0 {
			return
		}
	}
	t.Errorf("never less than %.0f allocations for a batch of %d posts, want none", least, len(items))
}

func (s *Suite) hostile(t *testing.T) {
	const characters = 200_000
	for name, part := range map[string]string{
		"one word":          "a",
		"short words":       "a ",
		"words":             "really good ",
		"combining marks":   "e\u0301\u0302\u0303\u0304",
		"only marks":        "\u0301",
		"emoji":             "😂",
		"families":          "👨‍👩‍👧‍👦",
		"mixed scripts":     "aбвแ漢ひ한ع1 ",
		"Han":               "很",
		"Thai":              "กา",
		"Korean":            "한국어",
		"dots":              "a.b.",
		"an endless host":   "www.a-b.",
		"mails":             "a@b.example ",
		"hashtags":          "#ok",
		"signs":             "!?",
		"line breaks":       "a\n",
		"negations":         "not no never ",
		"ill-formed":        "\xff\xfe\xc3",
		"joiners":           "\u200d\ufe0f",
		"drawn out letters": "sooooooooooo ",
	} {
		post := &hearth.Post{Network: "bluesky", ID: "1", Title: part, Text: strings.Repeat(part, characters/len([]rune(part)))}
		var doc text.Doc
		Read(&doc, post)
		began := hearth.SystemClock()
		s.Analyzer.Run([]analysis.Item{{Post: post, Doc: &doc}})
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("%s: %d characters took %v", name, characters, took)
		}
	}
	for _, lang := range []string{"zz", "-", "x-y-z", strings.Repeat("a", 1000), "\xff"} {
		post := &hearth.Post{Lang: lang, Text: "not so good 😂"}
		var doc text.Doc
		Read(&doc, post)
		s.Analyzer.Run([]analysis.Item{{Post: post, Doc: &doc}})
	}
}
