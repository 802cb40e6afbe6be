package archive_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hearth"
	"hearth/archive"
)

// correct has somebody say what fields of a post are to be: "sentiment=negative".
func (s *store) correct(t testing.TB, by archive.Author, id string, words ...string) archive.Result {
	t.Helper()
	n := archive.Notes{Key: keyOf(id)}
	for _, word := range words {
		field, value, _ := strings.Cut(word, "=")
		n.Notes = append(n.Notes, archive.Note{Field: archive.Field(field), Value: value})
	}
	results, err := s.Annotate(t.Context(), ws, []archive.Notes{n}, by, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return results[0]
}

// analysed is a post as the analysis left it.
func analysed(id, text string, mood hearth.Sentiment) archive.Entry {
	e := create(id, "ann", text)
	e.Post.Lang, e.Post.Sentiment, e.Post.SentimentScore, e.Post.Spam = "en", mood, hearth.KnownNumber(.3), hearth.False
	e.Post.Intent = []hearth.Intent{hearth.Praise}
	return e
}

// told is what a post says and what the analysis says against it.
func (s *store) told(t testing.TB, id string) string {
	t.Helper()
	p, err := s.Get(t.Context(), ws, keyOf(id))
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	for _, f := range archive.Corrected {
		words = append(words, archive.Said(&p.Post, f))
	}
	for _, c := range p.Post.Corrections {
		words = append(words, fmt.Sprintf("(%s was %q, %d)", c.Field, c.Machine, c.By))
	}
	return strings.Join(words, "|")
}

func (s *store) wantTold(t testing.TB, id, want string) {
	t.Helper()
	if got := s.told(t, id); got != want {
		t.Errorf("%s says %s, want %s", id, got, want)
	}
}

func TestACorrectionHoldsInSearchAtOnceAndOutlivesWhatTheAnalysisSaysLater(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.append(t, analysed("1", "pie", hearth.Neutral), analysed("2", "pie", hearth.Neutral))
	s.wantTold(t, "1", "en|neutral|praise|false")
	if r := s.correct(t, ann, "1", "sentiment=negative", "lang=de", "intent=complaint question", "spam=true"); !r.Stored || r.Seq != 3 {
		t.Fatalf("correcting gave %+v", r)
	}
	s.wantTold(t, "1", `de|negative|complaint question|true|(lang was "en", 5)|(sentiment was "neutral", 5)|(intent was "praise", 5)|(spam was "false", 5)`)
	for query, want := range map[string][]string{
		"sentiment:negative": {"demo 1"}, "sentiment:neutral": {"demo 2"}, "lang:de AND intent:question": {"demo 1"}, "spam:true": {"demo 1"},
		"corrected:yes": {"demo 1"}, "corrected:lang": {"demo 1"}, "pie AND NOT corrected:yes": {"demo 2"}, "correctedby:5": {"demo 1"}, "correctedby:6": nil,
	} {
		if got := s.search(t, archive.Search{Query: parse(t, query), Limit: 5}); !slices.Equal(got, want) {
			t.Errorf("%s finds %q, want %q", query, got, want)
		}
	}
	edit := analysed("1", "better pie", hearth.Positive)
	edit.Op, edit.Revision = archive.Update, "r2"
	s.append(t, edit)
	s.wantTold(t, "1", `de|negative|complaint question|true|(lang was "en", 5)|(sentiment was "positive", 5)|(intent was "praise", 5)|(spam was "false", 5)`)
	if r := s.correct(t, ann, "1", "sentiment=negative"); r.Stored {
		t.Error("the same was said twice")
	}
	s.correct(t, archive.Author{User: 6}, "1", "sentiment=", "lang=", "intent=", "spam=")
	s.wantTold(t, "1", "en|positive|praise|false")
	p, err := s.Get(t.Context(), ws, keyOf("1"))
	if err != nil || p.Post.SentimentScore != hearth.KnownNumber(.3) {
		t.Errorf("the score did not come back: %+v, %v", p.Post.SentimentScore, err)
	}
	if r := s.correct(t, ann, "1", "spam="); r.Stored {
		t.Error("what nobody had said was taken back")
	}
}

func TestTheWordThatAgreesWithTheAnalysisStandsWhenTheAnalysisChangesItsMind(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.append(t, analysed("1", "pie", hearth.Neutral))
	s.correct(t, ann, "1", "sentiment=negative")
	s.correct(t, ann, "1", "sentiment=neutral")
	s.wantTold(t, "1", "en|neutral|praise|false")
	edit := analysed("1", "pie!", hearth.Positive)
	edit.Op, edit.Revision = archive.Update, "r2"
	s.append(t, edit)
	s.wantTold(t, "1", `en|neutral|praise|false|(sentiment was "positive", 5)`)
}

func TestWhatIsNoWordForAFieldIsRefused(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.append(t, analysed("1", "pie", hearth.Neutral))
	for _, n := range []archive.Note{
		{Field: "sentiment", Value: "angry"}, {Field: "sentiment", Value: "negative "}, {Field: "lang", Value: "en\x00"}, {Field: "lang", Value: strings.Repeat("a", 36)},
		{Field: "lang", Value: "日本"}, {Field: "intent", Value: "question complaint"}, {Field: "intent", Value: "none praise"}, {Field: "intent", Value: "praise praise"},
		{Field: "spam", Value: "yes"}, {Field: "text", Value: "x"}, {Field: "", Value: "x"},
	} {
		_, err := s.Annotate(t.Context(), ws, []archive.Notes{{Key: keyOf("1"), Notes: []archive.Note{n}}}, ann, nil, nil)
		if code := hearth.ErrorCode(err); code != hearth.Invalid && code != hearth.Internal {
			t.Errorf("%+v: %v", n, err)
		}
	}
	s.wantTold(t, "1", "en|neutral|praise|false")
}

// After any sequence of words, edits and undoing, a post says what the last word
// that stands says, and otherwise what the analysis says.
func TestAfterAnyWordsAPostSaysTheLastThatStands(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	number := 0
	rapid.Check(t, func(r *rapid.T) {
		number++
		id := fmt.Sprint("p", number)
		moods := []string{"positive", "neutral", "negative"}
		machine := rapid.SampledFrom(moods).Draw(r, "machine")
		s.append(t, analysed(id, "pie", hearth.Sentiment(machine)))
		type word struct {
			value  string
			run    int64
			undone bool
		}
		var words []word
		effective := func() string {
			for i := len(words) - 1; i >= 0; i-- {
				if !words[i].undone {
					if words[i].value == "" {
						break
					}
					return words[i].value
				}
			}
			return machine
		}
		for step := range rapid.IntRange(1, 8).Draw(r, "steps") {
			switch rapid.IntRange(0, 4).Draw(r, "kind") {
			case 0:
				machine = rapid.SampledFrom(moods).Draw(r, "machine")
				edit := analysed(id, fmt.Sprint("pie ", step), hearth.Sentiment(machine))
				edit.Op, edit.Revision = archive.Update, fmt.Sprint("r", step)
				s.append(t, edit)
			case 1:
				run := int64(10*number) + rapid.Int64Range(1, 3).Draw(r, "undo")
				s.undoRun(t, run)
				for i := range words {
					words[i].undone = words[i].undone || words[i].run == run
				}
			default:
				w := word{rapid.SampledFrom(append(moods, "")).Draw(r, "word"), int64(10*number) + rapid.Int64Range(1, 3).Draw(r, "run"), false}
				before := effective()
				result := s.correct(t, archive.Author{User: 5, Run: w.run}, id, "sentiment="+w.value)
				said := w.value != "" && w.value != before
				if w.value == "" {
					for i := len(words) - 1; i >= 0; i-- {
						if !words[i].undone {
							said = words[i].value != ""
							break
						}
					}
				}
				if said {
					words = append(words, w)
				}
				if result.Stored != said {
					r.Fatalf("saying %q of a post that says %q gave %+v", w.value, before, result)
				}
			}
			p, err := s.Get(t.Context(), ws, keyOf(id))
			if err != nil {
				r.Fatal(err)
			}
			if want := effective(); string(p.Post.Sentiment) != want || (len(p.Post.Corrections) == 1) != (want != machine) {
				r.Fatalf("it says %q (%+v), want %q; the analysis says %q", p.Post.Sentiment, p.Post.Corrections, want, machine)
			}
		}
	})
}
