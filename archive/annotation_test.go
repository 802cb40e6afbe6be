package archive_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"hearth"
	"hearth/archive"
	"hearth/db"
	"hearth/db/dbtest"
)

var ann = archive.Author{User: 5}

func keyOf(id string) hearth.Key { return hearth.Key{Network: "demo", ID: id} }

// tag sets tags of a post; one that begins with a minus is taken away.
func tagging(id string, tags ...string) archive.Notes {
	n := archive.Notes{Key: keyOf(id)}
	for _, tag := range tags {
		note := archive.Note{Field: archive.TagField, Value: tag}
		if was, away := strings.CutPrefix(tag, "-"); away {
			note = archive.Note{Field: archive.TagField, Was: was}
		}
		n.Notes = append(n.Notes, note)
	}
	return n
}

func (s *store) tag(t testing.TB, by archive.Author, id string, tags ...string) archive.Result {
	t.Helper()
	results, err := s.Annotate(t.Context(), ws, []archive.Notes{tagging(id, tags...)}, by, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return results[0]
}

func (s *store) wantTags(t testing.TB, id string, want ...string) {
	t.Helper()
	p, err := s.Get(t.Context(), ws, keyOf(id))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(p.Post.Tags, want) {
		t.Errorf("%s has the tags %q, want %q", id, p.Post.Tags, want)
	}
	for _, tag := range want {
		if got := s.search(t, archive.Search{Query: parse(t, `tag:"`+tag+`"`), Limit: 50}); !slices.Contains(got, "demo "+id) {
			t.Errorf("tag:%q does not find %s", tag, id)
		}
	}
}

func (s *store) undoRun(t testing.TB, run int64) {
	t.Helper()
	for {
		n, err := s.UndoRun(t.Context(), ws, run, ann.User, nil)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
}

// proves I1 for tags
func TestATagIsANewRowOfTheLogAndOutlivesAnEdit(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	first := create("1", "ann", "apple")
	first.Post.Tags = []string{"imported"}
	s.append(t, first, create("2", "bob", "apple"))
	before := s.log(t)
	if r := s.tag(t, ann, "1", "VIP", "pie"); !r.Stored || r.Seq != 3 {
		t.Fatalf("tagging gave %+v, want row 3", r)
	}
	s.wantTags(t, "1", "imported", "VIP", "pie")
	if r := s.tag(t, ann, "1", "vip"); r.Stored {
		t.Error("a tag that is there was set again")
	}
	s.append(t, event(archive.Update, "1", "ann", "apple crumble", "r2"))
	s.wantTags(t, "1", "VIP", "pie")
	if got := s.search(t, archive.Search{Query: parse(t, "tag:imported"), Limit: 50}); len(got) != 0 {
		t.Errorf("the tag of the version before still finds %q", got)
	}
	if again := s.append(t, event(archive.Update, "1", "ann", "apple crumble", "r2")); again[0].Stored {
		t.Error("the same edit was stored twice")
	}
	s.tag(t, ann, "1", "-pie")
	s.wantTags(t, "1", "VIP")
	after := s.log(t)
	for i := range before {
		if before[i].Seq != after[i].Seq || !slices.Equal(before[i].Post.Tags, after[i].Post.Tags) || before[i].Post.Text != after[i].Post.Text {
			t.Errorf("row %d was changed", before[i].Seq)
		}
	}
	said, err := s.Annotations(t.Context(), ws, keyOf("1"))
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, a := range said {
		lines = append(lines, fmt.Sprintf("%s %q was %q by %d", a.Field, a.Value, a.Was, a.By.User))
	}
	want := []string{`tag "VIP" was "" by 5`, `tag "pie" was "" by 5`, `tag "" was "pie" by 5`}
	if !slices.Equal(lines, want) {
		t.Errorf("the history is %q, want %q", lines, want)
	}
}

func TestAnEditIsCaughtByWhatItsTagsMakeOfIt(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.append(t, create("1", "ann", "apple"))
	s.tag(t, ann, "1", "vip")
	asked := 0
	edit := event(archive.Update, "1", "ann", "apple pie", "r2")
	edit.Monitors = []hearth.MonitorID{1}
	edit.Catch = func(_ *db.Tx, v *archive.Annotated) ([]hearth.MonitorID, error) {
		asked++
		if len(v.Before.Tags) != 0 || !slices.Equal(v.After.Tags, []string{"vip"}) || !slices.Equal(v.Monitors, []hearth.MonitorID{1}) {
			t.Errorf("asked about %+v", v)
		}
		return append(v.Monitors, 9), nil
	}
	untagged := event(archive.Update, "2", "bob", "pear", "r2")
	untagged.Catch = edit.Catch
	s.append(t, edit, untagged)
	if asked != 1 {
		t.Fatalf("it was asked %d times, want once", asked)
	}
	if got := s.search(t, archive.Search{Monitor: 9, Limit: 5}); !slices.Equal(got, []string{"demo 1"}) {
		t.Errorf("monitor 9 has %q", got)
	}
}

func TestARuleSaysAThingOnceAndAPersonWins(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	rule := archive.Author{Rule: 3, Run: 8}
	s.append(t, create("1", "ann", "apple"), create("2", "ann", "apple"))
	s.tag(t, rule, "1", "fruit")
	s.tag(t, ann, "1", "-fruit")
	if r := s.tag(t, rule, "1", "fruit"); r.Stored {
		t.Error("the rule overruled a person")
	}
	s.wantTags(t, "1")
	s.tag(t, rule, "2", "fruit")
	if r := s.tag(t, ann, "2", "fruit"); !r.Stored {
		t.Error("a person's word was not kept, as only a rule had said the same")
	}
	s.undoRun(t, 8)
	s.wantTags(t, "1")
	s.wantTags(t, "2", "fruit")
}

func TestErasingAPostErasesWhatWasSaidOfIt(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.append(t, create("1", "ann", "apple"))
	s.tag(t, archive.Author{User: 5, Run: 2}, "1", "a secret of ann's")
	s.append(t, event(archive.Delete, "1", "ann", "", ""))
	var rows int
	err := s.db.Read(t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow("SELECT count(*) FROM annotation").Scan(&rows)
	})
	if err != nil || rows != 0 {
		t.Errorf("%d annotations are left (%v)", rows, err)
	}
	for _, r := range s.log(t) {
		if r.Op == archive.Annotate && !r.Erased {
			t.Error("the version that the tag made is still there")
		}
	}
	s.undoRun(t, 2)
	if r := s.tag(t, ann, "1", "x"); r.Stored || r.Reason == "" {
		t.Errorf("tagging what is gone gave %+v", r)
	}
}

func TestWhatIsWrittenWithAnnotationsIsThereOnlyWithThem(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.append(t, create("1", "ann", "apple"))
	_, err := s.Annotate(t.Context(), ws, []archive.Notes{tagging("1", "vip")}, ann, nil, func(*db.Tx, []archive.Result) error {
		return context.Canceled
	})
	if err == nil {
		t.Fatal("it succeeded")
	}
	s.wantTags(t, "1")
	wantGapless(t, s, 1)
}

// said is the model's statement.
type said struct {
	key    hearth.Key
	tag    string
	away   bool
	run    int64
	undone bool
}

// Any order of posts, edits, deletions, hiding, tags and undoing, across restarts:
// each post has the tags that network and people gave it, and is found by them.
//
// proves I1, I10 for tags
func TestAfterAnyHistoryTagsAreWhatPeopleAndNetworkSaid(t *testing.T) {
	t.Parallel()
	for seed := range uint64(rounds()) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(seed, 11))
			path := dbtest.Location(t)
			s := openStore(t, path)
			s.SmallSegments(10)
			words := []string{"vip", "pie", "Käse", "urgent"}
			base := map[hearth.Key][]string{} // living posts: what the network says
			dead := map[hearth.Key]bool{}
			hid := map[hearth.Key]bool{}
			var all []said
			for step := range 120 {
				id := fmt.Sprint("p", r.IntN(8))
				k := keyOf(id)
				_, lives := base[k]
				e := create(id, "ann", "apple")
				switch n := r.IntN(20); {
				case n < 4:
					if r.IntN(2) == 0 {
						e.Post.Tags = []string{words[r.IntN(4)]}
					}
					s.append(t, e)
					if !lives && !dead[k] {
						base[k] = e.Post.Tags
					}
				case n < 7:
					e.Op, e.Revision = archive.Update, fmt.Sprint("r", step)
					if r.IntN(2) == 0 {
						e.Post.Tags = []string{words[r.IntN(4)]}
					}
					s.append(t, e)
					if !dead[k] {
						base[k] = e.Post.Tags
					}
				case n < 8:
					e.Op = archive.Delete
					s.append(t, e)
					delete(base, k)
					delete(hid, k)
					dead[k] = true
					all = slices.DeleteFunc(all, func(x said) bool { return x.key == k })
				case n < 9:
					e.Op = []archive.Op{archive.Hide, archive.Show}[r.IntN(2)]
					s.append(t, e)
					if lives {
						hid[k] = e.Op == archive.Hide
					}
				case n < 17:
					x := said{key: k, tag: words[r.IntN(4)], away: r.IntN(3) == 0, run: int64(r.IntN(5))}
					sign := map[bool]string{true: "-"}[x.away]
					result := s.tag(t, archive.Author{User: 5, Run: x.run}, id, sign+x.tag)
					has := slices.Contains(effective(base[k], k, all), x.tag)
					if want := lives && has == x.away; result.Stored != want {
						t.Fatalf("step %d: %s%s of %v gave %+v", step, sign, x.tag, k, result)
					}
					if result.Stored {
						all = append(all, x)
					}
				case n < 18:
					run := int64(1 + r.IntN(4))
					s.undoRun(t, run)
					for i := range all {
						all[i].undone = all[i].undone || all[i].run == run
					}
				case n < 19:
					s.close()
					s = openStore(t, path)
					s.SmallSegments(10)
				default:
					if err := s.Reindex(t.Context(), nil); err != nil {
						t.Fatal(err)
					}
				}
			}
			for k, tags := range base {
				p, err := s.Get(t.Context(), ws, k)
				if err != nil {
					t.Fatal(err)
				}
				got, want := slices.Sorted(slices.Values(p.Post.Tags)), effective(tags, k, all)
				if slices.Sort(want); !slices.Equal(got, want) {
					t.Errorf("%v has the tags %q, want %q", k, got, want)
				}
			}
			for _, word := range words {
				var want []string
				for k, tags := range base {
					if !hid[k] && slices.Contains(effective(tags, k, all), word) {
						want = append(want, k.Network+" "+k.ID)
					}
				}
				slices.Sort(want)
				if got := s.search(t, archive.Search{Query: parse(t, "tag:"+word), Limit: 3}); !slices.Equal(got, want) {
					t.Errorf("tag:%s finds %q, want %q", word, got, want)
				}
			}
			if report := s.verify(t); !report.OK() {
				t.Errorf("it does not verify: %q", report.Problems)
			}
		})
	}
}

func TestAnIndexThatIsToldLateThatItWasBegunAnewLosesNothing(t *testing.T) {
	t.Parallel()
	s := openStore(t, dbtest.Location(t))
	s.SmallSegments(5)
	for i := range 60 {
		s.append(t, create(fmt.Sprint("p", i), "ann", "apple"))
	}
	again, err := s.BeginAnew(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Indexed(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.waitFor(t, func() bool { return s.Segments() > 0 })
	again()
	for i := range 60 {
		s.append(t, create(fmt.Sprint("q", i), "ann", "apple"))
	}
	if found := s.search(t, archive.Search{Query: parse(t, "apple"), Limit: 50}); len(found) != 120 {
		t.Errorf("it finds %d of 120", len(found))
	}
	if report := s.verify(t); !report.OK() {
		t.Errorf("it does not verify: %q", report.Problems)
	}
	path := s.path
	s.close()
	s = openStore(t, path)
	if found := s.search(t, archive.Search{Query: parse(t, "apple"), Limit: 50}); len(found) != 120 {
		t.Errorf("after a start it finds %d of 120", len(found))
	}
}

// effective is the plain reading: what the network says, changed by what stands.
func effective(tags []string, k hearth.Key, all []said) []string {
	tags = slices.Clone(tags)
	for _, x := range all {
		if x.key != k || x.undone {
			continue
		}
		tags = slices.DeleteFunc(tags, func(tag string) bool { return tag == x.tag })
		if !x.away {
			tags = append(tags, x.tag)
		}
	}
	return tags
}
