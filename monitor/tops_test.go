package monitor_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/monitor"
)

// proves that any name of a top list leads to as many posts as it shows.
func TestEveryTopLeadsToAsManyPostsAsItShows(t *testing.T) {
	t.Parallel()
	h := open(t)
	pie, late := h.crowd(250)
	charts := monitor.NewCharts(h.monitors)
	rapid.Check(t, func(r *rapid.T) {
		s := monitor.TopsSearch{Monitor: rapid.SampledFrom([]hearth.MonitorID{0, pie, late}).Draw(r, "monitor"), Limit: 100}
		if rapid.Bool().Draw(r, "bounded") {
			s.From = noon.Add(-time.Duration(rapid.IntRange(1, 40_000).Draw(r, "back")) * time.Minute)
			s.To = s.From.Add(time.Duration(rapid.IntRange(1, 40_000).Draw(r, "long")) * time.Minute)
		}
		tops, err := charts.Tops(t.Context(), owner, s)
		if err != nil {
			r.Fatal(err)
		}
		if tops.Others != 0 {
			r.Fatal("there was room for all names")
		}
		authors := map[string]bool{}
		var byAuthor int64
		err = monitor.NewPosts(h.monitors).Export(t.Context(), owner, monitor.Selection{Monitor: s.Monitor, From: tops.From, To: tops.To}, func(p *archive.Stored) error {
			authors[p.Post.Network+p.Post.Author.ID] = true
			byAuthor++
			return nil
		})
		if err != nil {
			r.Fatal(err)
		}
		if s.Monitor != 0 && tops.People != int64(len(authors)) {
			r.Fatalf("%d people, %d are there", tops.People, len(authors))
		}
		for _, list := range [][]monitor.Top{tops.Authors, tops.Hashtags, tops.Hosts, tops.Links} {
			for i, top := range list {
				if i > 0 && top.Posts > list[i-1].Posts {
					r.Fatalf("%q has more than the one before", top.Value)
				}
				if i > 3 {
					continue
				}
				n := h.found(monitor.Selection{Query: top.Query, Monitor: s.Monitor, From: tops.From, To: tops.To})
				if top.Exact && n != top.Posts || n < top.Posts {
					r.Fatalf("%q: %d posts, %s finds %d", top.Value, top.Posts, top.Query, n)
				}
			}
		}
		for _, top := range tops.Authors {
			byAuthor -= top.Posts
		}
		if byAuthor != 0 {
			r.Fatalf("%d posts are of no author", byAuthor)
		}
	})
}

func TestAddressesThatOthersContinueSaySo(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.run()
	pie := h.listen("pie")[0]
	for i, link := range []string{"https://example.com/a", "https://example.com/a?b=1", "https://example.com/ab"} {
		e := post(fmt.Sprint("p", i), "pie")
		e.Post.Links = []string{link}
		h.arrive(e)
	}
	h.settle()
	tops, err := monitor.NewCharts(h.monitors).Tops(t.Context(), owner, monitor.TopsSearch{Monitor: pie})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, top := range tops.Links {
		got = append(got, fmt.Sprint(top.Value, " ", top.Posts, " ", top.Exact))
	}
	equal(t, "links", got, "example.com/a 1 false", "example.com/a?b=1 1 true", "example.com/ab 1 true")
	_, err = monitor.NewCharts(h.monitors).Tops(t.Context(), access.Limited(here, 1, access.ReadMonitors), monitor.TopsSearch{Monitor: pie})
	wantCode(t, "tops without leave to read posts", err, hearth.Denied)
}

// proves M14: nothing is said of fewer than ten people.
func TestNothingIsSaidOfFewerThanTenPeople(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.run()
	pie := h.listen("pie")[0]
	say := func(person int, words, lang string) {
		e := entry(archive.Create, fmt.Sprint(person, words), fmt.Sprint("person", person), words)
		e.Post.Lang = lang
		h.arrive(at(e, noon.Add(time.Duration(person)*time.Hour)))
	}
	for i := range 9 {
		say(i, "pie #all", "en")
		say(i, "pie again", "en")
	}
	h.settle()
	charts := monitor.NewCharts(h.monitors)
	few, err := charts.Audience(t.Context(), owner, monitor.AudienceSearch{Monitor: pie})
	if err != nil || !few.TooFew || few.People != 0 || few.Posts != 0 || few.Languages != nil {
		t.Errorf("of nine: %+v, %v", few, err)
	}
	for i := range 9 {
		say(10+i, "pie #all #some", "en")
		say(10+i, "pie #all #some two", "fi")
	}
	h.settle()
	helsinki := time.FixedZone("EET", 2*3600)
	a, err := charts.Audience(t.Context(), owner, monitor.AudienceSearch{Monitor: pie, Zone: helsinki})
	if err != nil {
		t.Fatal(err)
	}
	if a.TooFew || a.People != 18 || a.Posts != 36 {
		t.Errorf("%+v", a)
	}
	if len(a.Languages) != 1 || a.Languages[0].Value != "en" || a.Languages[0].Posts != 27 {
		t.Errorf("languages: %+v", a.Languages)
	}
	if len(a.Hashtags) != 1 || a.Hashtags[0].Label != "#all" || a.Held != 2 {
		t.Errorf("hashtags: %+v, %d held back", a.Hashtags, a.Held)
	}
	if a.Hours[0][14] != 2 || a.Hours[1][0] != 2 {
		t.Errorf("hours, from Monday: %v", a.Hours)
	}
	for _, s := range []string{fmt.Sprint(a)} {
		if strings.Contains(s, "person") {
			t.Errorf("a person is named: %s", s)
		}
	}
}
