package archive_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"hearth"
	"hearth/archive"
)

// by is models of a version, of which the language came with the post.
func by(version int) (j archive.Judged) {
	for i := range j.Fields {
		j.Fields[i] = archive.Judge{Version: version, Came: i == 0}
	}
	return j
}

func judged(id, text string, mood hearth.Sentiment, version int) archive.Entry {
	e := analysed(id, text, mood)
	e.Judged = by(version)
	return e
}

// rejudge has a post feel like something under a run.
func (s *store) rejudge(t testing.TB, run int64, id, text string, mood hearth.Sentiment, version int) archive.Result {
	t.Helper()
	e := judged(id, text, mood, version)
	e.Judged.Run = run
	results, err := s.Rejudge(t.Context(), ws, []archive.Rejudgement{{Post: e.Post, Judged: e.Judged}}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return results[0]
}

// unjudge goes back behind a run.
func (s *store) unjudge(t testing.TB, run int64) {
	t.Helper()
	var rows []hearth.Seq
	for _, r := range s.log(t) {
		if r.Judged.Run == run {
			rows = append(rows, r.Seq)
		}
	}
	if _, err := s.Unjudge(t.Context(), ws, run, rows, nil, nil); err != nil {
		t.Fatal(err)
	}
}

func TestANewerJudgementIsAVersionUnderWhatPeopleSay(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.append(t, judged("1", "apple pie", hearth.Positive, 1), judged("2", "apple cake", hearth.Positive, 1))
	s.correct(t, ann, "1", "sentiment=neutral")
	if r := s.rejudge(t, 7, "1", "apple pie", hearth.Negative, 2); !r.Stored {
		t.Errorf("it was not stored: %+v", r)
	}
	s.wantTold(t, "1", `en|neutral|praise|false|(sentiment was "negative", 5)`)
	s.rejudge(t, 7, "2", "apple cake", hearth.Negative, 2)
	s.wantTold(t, "2", "en|negative|praise|false")
	for query, want := range map[string][]string{"sentiment:negative": {"demo 2"}, "sentiment:positive": nil, "sentiment:neutral": {"demo 1"}} {
		if got := s.search(t, archive.Search{Query: parse(t, query), Limit: 9}); !slices.Equal(got, want) {
			t.Errorf("%s finds %q, want %q", query, got, want)
		}
	}
	if r := s.rejudge(t, 7, "2", "apple cake", hearth.Negative, 2); r.Stored || r.Reason != archive.SaysSo {
		t.Errorf("said twice: %+v", r)
	}
	if r := s.rejudge(t, 7, "2", "another text", hearth.Neutral, 2); r.Stored || r.Reason != archive.EditedSince {
		t.Errorf("of a text that is not its own: %+v", r)
	}
	p, err := s.Get(t.Context(), ws, keyOf("2"))
	if err != nil {
		t.Fatal(err)
	}
	bare := p.Bare()
	if want := by(2); !p.Judged.SameModels(&want) || p.Judged.Run != 7 || bare.Lang != "en" || bare.Sentiment != "" || bare.SentimentScore.Known || bare.Intent != nil || bare.Spam != hearth.Unknown {
		t.Errorf("it was judged %+v, and came as %+v", p.Judged, bare)
	}
	s.unjudge(t, 7)
	s.wantTold(t, "1", `en|neutral|praise|false|(sentiment was "positive", 5)`)
	s.wantTold(t, "2", "en|positive|praise|false")
	if p, _ := s.Get(t.Context(), ws, keyOf("2")); p.Judged != by(1) {
		t.Errorf("undone, it was judged %+v", p.Judged)
	}
}

func TestErasedAndEditedPostsAreNotJudgedAnew(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.append(t, judged("1", "apple", hearth.Positive, 1), judged("2", "pie", hearth.Positive, 1))
	s.rejudge(t, 3, "1", "apple", hearth.Negative, 2)
	s.rejudge(t, 3, "2", "pie", hearth.Negative, 2)
	edit := event(archive.Update, "2", "ann", "pie", "r2") // the same text, and analysed as it came
	edit.Post.Sentiment, edit.Judged = hearth.Neutral, by(2)
	s.append(t, edit)
	if _, err := s.Erase(t.Context(), ws, []hearth.Key{keyOf("1")}, "asked for"); err != nil {
		t.Fatal(err)
	}
	if r := s.rejudge(t, 4, "1", "apple", hearth.Neutral, 3); r.Stored || r.Reason != archive.NoSuchPost {
		t.Errorf("an erased post: %+v", r)
	}
	s.unjudge(t, 3)
	if _, err := s.Get(t.Context(), ws, keyOf("1")); hearth.ErrorCode(err) != hearth.NotFound {
		t.Errorf("it is back: %v", err)
	}
	if p, _ := s.Get(t.Context(), ws, keyOf("2")); p.Post.Sentiment != hearth.Neutral {
		t.Errorf("the edit says %s", p.Post.Sentiment)
	}
	standing, err := s.Standing(t.Context(), ws, []hearth.Seq{1, 2, 3, 4, 5, 6, 7, 99})
	if err != nil || len(standing) != 1 || standing[0].Post.ID != "2" || standing[0].Op != archive.Update {
		t.Errorf("standing: %+v, %v", standing, err)
	}
}

// Whatever people say before, between and after, undoing a run leaves posts as if it
// had never been, and what is found by a word is what says so.
func TestUndoingARunIsAsIfItHadNeverBeen(t *testing.T) {
	t.Parallel()
	moods := []hearth.Sentiment{hearth.Negative, hearth.Neutral, hearth.Positive}
	s := newStore(t)
	seed := hearthSeed(t)
	for n := 1; n <= 25; n++ {
		r := rand.New(rand.NewPCG(seed, uint64(n)))
		with, without := fmt.Sprint("with", n), fmt.Sprint("without", n)
		s.append(t, judged(with, "apple", hearth.Positive, 1), judged(without, "apple", hearth.Positive, 1))
		var steps []int
		for range 1 + r.IntN(6) {
			mood, step := moods[r.IntN(len(moods))], r.IntN(3)
			steps = append(steps, step)
			switch step {
			case 0:
				s.rejudge(t, int64(n), with, "apple", mood, 2)
			case 1:
				lang := "lang=" + string(mood[:2])
				s.correct(t, ann, with, "sentiment=", lang)
				s.correct(t, ann, without, "sentiment=", lang)
			case 2:
				s.tag(t, ann, with, "t"+string(mood))
				s.tag(t, ann, without, "t"+string(mood))
			}
		}
		s.unjudge(t, int64(n))
		a, _ := s.Get(t.Context(), ws, keyOf(with))
		b, _ := s.Get(t.Context(), ws, keyOf(without))
		if s.told(t, with) != s.told(t, without) || !slices.Equal(a.Post.Tags, b.Post.Tags) {
			t.Fatalf("steps %v: %s %q and %s %q", steps, s.told(t, with), a.Post.Tags, s.told(t, without), b.Post.Tags)
		}
		for _, mood := range moods {
			found := s.search(t, archive.Search{Query: parse(t, "sentiment:"+string(mood)), Limit: 500})
			if slices.Contains(found, "demo "+with) != (a.Post.Sentiment == mood) {
				t.Fatalf("steps %v: sentiment:%s finds %q, and the post is %s", steps, mood, found, a.Post.Sentiment)
			}
		}
	}
}
