package match_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"hearth"
	"hearth/match"
	"hearth/query"
	"hearth/query/querytest"
	"hearth/text"
)

func parse(t interface{ Fatalf(string, ...any) }, s string) *query.Query {
	q, problems := query.Parse(s)
	if q == nil {
		t.Fatalf("%q does not parse: %v", s, problems)
	}
	return q
}

// found asks a set of a post the way the flow does, without analysis between.
func found(s *match.Set, sc *match.Scratch, p *hearth.Post, d *text.Doc) []hearth.MonitorID {
	query.AddPost(d, p)
	return s.Decide(sc, p, d, s.Wanted(sc, p, d, nil), nil)
}

// truth asks every query by itself.
func truth(standing []match.Standing, p *hearth.Post, d *text.Doc) []hearth.MonitorID {
	query.AddPost(d, p)
	var ids []hearth.MonitorID
	for _, s := range standing {
		if s.Query.MatchDoc(p, d) {
			ids = append(ids, s.ID)
		}
	}
	slices.Sort(ids)
	return ids
}

// TestASetAnswersWhatEachQueryAnswers is the law of the package, for queries
// and posts that hit each other often.
func TestASetAnswersWhatEachQueryAnswers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		g := querytest.New(rapid.Uint64().Draw(t, "seed"))
		var standing []match.Standing
		for i := range 30 {
			_, q := g.Query()
			standing = append(standing, match.Standing{ID: hearth.MonitorID(i + 1), Query: q})
		}
		set, sc, d := match.NewSet(standing), match.NewScratch(), &text.Doc{}
		for range 30 {
			post := g.Post()
			p := &post
			got, want := found(set, sc, p, d), truth(standing, p, d)
			if !slices.Equal(got, want) {
				for _, s := range standing {
					if slices.Contains(got, s.ID) != slices.Contains(want, s.ID) {
						t.Logf("differs: %s", s.Query)
					}
				}
				t.Fatalf("post %s\nfound %v, each by itself says %v", hearth.AppendPost(nil, p), got, want)
			}
		}
	})
}

// TestUndecidedFieldsAreWantedUntilAnalysisHasSpoken proves that nothing is
// lost by matching before analysis: whatever the analysis adds, the queries
// that then match were wanted before.
func TestUndecidedFieldsAreWantedUntilAnalysisHasSpoken(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		g := querytest.New(rapid.Uint64().Draw(t, "seed"))
		var standing []match.Standing
		for i := range 20 {
			source, q := g.Query()
			extra := rapid.SampledFrom([]string{"", "sentiment:negative", "NOT sentiment:positive", "intent:(complaint OR praise)", "lang:fi", "NOT spam:true", "lang:(en OR de)"}).Draw(t, "extra")
			if extra != "" {
				q = parse(t, "("+source+") AND "+extra)
			}
			standing = append(standing, match.Standing{ID: hearth.MonitorID(i + 1), Query: q})
		}
		set, sc, d := match.NewSet(standing), match.NewScratch(), &text.Doc{}
		for range 20 {
			post := g.Post()
			p := &post
			p.Lang, p.Sentiment, p.Intent, p.Spam = "", "", nil, hearth.Unknown
			query.AddPost(d, p)
			wanted := set.Wanted(sc, p, d, nil)
			p.Lang = rapid.SampledFrom([]string{"", "fi", "en", "de-AT"}).Draw(t, "lang")
			p.Sentiment = rapid.SampledFrom([]hearth.Sentiment{"", hearth.Negative, hearth.Positive}).Draw(t, "sentiment")
			p.Spam = rapid.SampledFrom([]hearth.Bool{hearth.Unknown, hearth.True, hearth.False}).Draw(t, "spam")
			if rapid.Bool().Draw(t, "complains") {
				p.Intent = []hearth.Intent{hearth.Complaint}
			}
			got := set.Decide(sc, p, d, wanted, nil)
			if want := truth(standing, p, d); !slices.Equal(got, want) {
				for _, s := range standing {
					if slices.Contains(got, s.ID) != slices.Contains(want, s.ID) {
						t.Logf("differs: %s on %s", s.Query, hearth.AppendPost(nil, p))
					}
				}
				t.Fatalf("after analysis %v match, but of those wanted before only %v", want, got)
			}
		}
	})
}

// TestLiveChangesLikeAListOfQueries compares a Live under random changes with
// a plain map.
func TestLiveChangesLikeAListOfQueries(t *testing.T) {
	t.Parallel()
	words := strings.Fields("ant bee cat dog elk fox")
	rapid.Check(t, func(t *rapid.T) {
		live, model := match.NewLive(), map[hearth.MonitorID]string{}
		sc, d := match.NewScratch(), &text.Doc{}
		for range rapid.IntRange(1, 300).Draw(t, "changes") {
			id := hearth.MonitorID(rapid.IntRange(1, 150).Draw(t, "id"))
			if rapid.IntRange(0, 4).Draw(t, "remove") == 0 {
				live.Remove(id)
				delete(model, id)
			} else {
				w := rapid.SampledFrom(words).Draw(t, "word")
				live.Put(id, parse(t, w))
				model[id] = w
			}
		}
		if got := live.Snapshot().Len(); got != len(model) {
			t.Fatalf("%d queries listen, want %d", got, len(model))
		}
		for _, w := range words {
			var want []hearth.MonitorID
			for id, listens := range model {
				if listens == w {
					want = append(want, id)
				}
			}
			slices.Sort(want)
			p := &hearth.Post{Network: "test", ID: "1", Text: "a " + w}
			if got := found(live.Snapshot(), sc, p, d); !slices.Equal(got, want) {
				t.Fatalf("%q wakes %v, want %v", w, got, want)
			}
		}
	})
}

// TestReadersNeverWaitForAChange changes monitors while posts flow.
func TestReadersNeverWaitForAChange(t *testing.T) {
	t.Parallel()
	live := match.NewLive()
	live.Put(1, parse(t, "always"))
	stop, done := make(chan struct{}), sync.WaitGroup{}
	done.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
				id := hearth.MonitorID(2 + i%700)
				live.Put(id, parse(t, fmt.Sprintf("word%d OR other%d", i, i)))
				if i%3 == 0 {
					live.Remove(id)
				}
			}
		}
	})
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			sc, d := match.NewScratch(), &text.Doc{}
			p := &hearth.Post{Network: "test", ID: "1", Text: "this is always there"}
			for range 3000 {
				if got := found(live.Snapshot(), sc, p, d); !slices.Equal(got, []hearth.MonitorID{1}) {
					t.Errorf("found %v while others change, want [1]", got)
					return
				}
			}
		})
	}
	readers.Wait()
	close(stop)
	done.Wait()
}

// TestTheVectorsAllTogether puts the queries of every vector into one set and
// asks it of every vector's post.
func TestTheVectorsAllTogether(t *testing.T) {
	t.Parallel()
	files, _ := filepath.Glob("../../shared/vectors/query/*.jsonl")
	own, _ := filepath.Glob("../query/testdata/*.jsonl")
	if len(files) == 0 {
		t.Log("shared/vectors is not here: the house's own cases are used alone")
	}
	var standing []match.Standing
	var posts []*hearth.Post
	for _, name := range append(files, own...) {
		if strings.HasSuffix(name, "huge.jsonl") {
			continue
		}
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(f)
		lines.Buffer(nil, 1<<24)
		for lines.Scan() {
			var c struct {
				Query string
				Post  json.RawMessage
				Match *bool
			}
			if json.Unmarshal(lines.Bytes(), &c) != nil || c.Query == "" || c.Match == nil {
				continue
			}
			q, _ := query.Parse(c.Query)
			p := &hearth.Post{}
			if q == nil || hearth.DecodePost(string(c.Post), p) != nil {
				continue
			}
			standing = append(standing, match.Standing{ID: hearth.MonitorID(len(standing) + 1), Query: q})
			posts = append(posts, p)
		}
		f.Close()
	}
	if len(posts) < 100 {
		t.Fatalf("only %d cases were read", len(posts))
	}
	set, sc, d := match.NewSet(standing), match.NewScratch(), &text.Doc{}
	for _, p := range posts {
		got, want := found(set, sc, p, d), truth(standing, p, d)
		if slices.Equal(got, want) {
			continue
		}
		for _, s := range standing {
			if slices.Contains(got, s.ID) != slices.Contains(want, s.ID) {
				t.Errorf("%s on %s: the set says %v", s.Query, hearth.AppendPost(nil, p), slices.Contains(got, s.ID))
			}
		}
	}
}
