package topic_test

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"hearth/analysis/topic"
	"hearth/text"
)

// proves the reference numbers of section 11 of the algorithms, M9
func TestOddsAreThoseOfTheReferenceTable(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ y1, y2, a, a0, d, z float64 }{
		{50, 10, 0.01, 5, 1.649670, 4.764251},
		{50, 10, 3, 500, 1.432611, 4.628773},
		{3, 0, 0.01, 5, math.NaN(), 0.570064},
		{3, 0, 0.3, 500, math.NaN(), 1.258517},
	} {
		d, z := topic.Odds(c.y1, 1000, c.y2, 1000, c.a, c.a0)
		if !math.IsNaN(c.d) && math.Abs(d-c.d) > 5e-7 || math.Abs(z-c.z) > 5e-7 {
			t.Errorf("%g against %g of 1000: d %.6f, z %.6f; want %.6f, %.6f", c.y1, c.y2, d, z, c.d, c.z)
		}
	}
}

func read(r *topic.Reader, d *text.Doc, content, lang string) {
	d.Reset()
	d.Add(text.Text, content)
	r.Read(d, lang)
}

func phrases(content, lang string) (keys []string) {
	var r topic.Reader
	var d text.Doc
	read(&r, &d, content, lang)
	for _, p := range r.Phrases() {
		keys = append(keys, p.Key)
	}
	return keys
}

func TestPhrasesStandBetweenStopWordsAndMarks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ content, lang, want, not string }{
		{"The milk frother of my Ember is broken. Milk frother, again!", "en", "milk frother", "broken milk"},
		{"Die Lieferung der Bohnen kam zu spät", "de", "lieferung", "der bohnen"},
		{"Tilaus ei saapunut ja asiakaspalvelu ei vastaa", "fi", "asiakaspalvelu", "tilaus ei"},
		{"咖啡机冒烟了，客服不回复", "zh", "冒烟", "了客服"},
		{"エスプレッソマシンが煙を出した", "ja", "エスプレッソマシン", "が煙"},
		{"see https://shop.example/milk-frother @milkman $MILK", "en", "", "milkman"},
	} {
		got := phrases(c.content, c.lang)
		if c.want != "" && !slices.Contains(got, c.want) || slices.Contains(got, c.not) {
			t.Errorf("%q: %q; want %q, not %q", c.content, got, c.want, c.not)
		}
	}
	if got := phrases("Milk frother broken. The milk frother leaks. A milk frother for the kitchen table of a friend.", "en"); len(got) == 0 || !strings.Contains(got[0], "milk") {
		t.Errorf("the best phrase is not what is said most: %q", got)
	}
}

// theme is what a labelled post of the invented stream is about.
type theme struct {
	lang, join string
	words      []string
}

var themes = []theme{
	{"en", " ", strings.Fields("frother steam nozzle milk leaking foam pump gasket valve jug seal")},
	{"en", " ", strings.Fields("parcel courier tracking depot delayed shipment label doorstep warehouse dispatch van")},
	{"en", " ", strings.Fields("login password crash update screen button freeze android version account reset")},
	{"en", " ", strings.Fields("barista queue counter cashier rude apology manager uniform shift smile tip")},
	{"fi", " ", strings.Fields("lasku hyvitys maksu kortti pankki velotus summa eräpäivä palautus tilisiirto kuitti")},
	{"fi", " ", strings.Fields("paahto papu jauhatus tuoksu maku aromi pussi tumma vaalea suodatin myrkyllinen")},
	{"fi", " ", strings.Fields("pyörä telakka vaihde jarru rengas satula ketju kypärä polkija vuokraus lukko")},
	{"fi", " ", strings.Fields("juna raide asema aikataulu vaunu konduktööri lippu laituri vuoro peruutus viivästys")},
	{"zh", "", strings.Fields("冒烟 电源 插头 烧焦 危险 召回 编号 过热 火花 电线")},
	{"zh", "", strings.Fields("退款 扣款 账单 银行 付款 金额 发票 余额 到账 手续")},
	{"zh", "", strings.Fields("蛋糕 面包 甜点 奶油 草莓 烘焙 饼干 糖霜 黄油 酥皮")},
	{"zh", "", strings.Fields("地铁 车站 列车 轨道 换乘 站台 闸机 乘客 晚点 线路")},
}

var filler = map[string][]string{
	"en": strings.Fields("the a is my was this and it really again today with for kettle office people morning weather brand"),
	"fi": strings.Fields("ja on se ei tänään taas mutta nyt kun minun aamu sää tuote kaupunki ihmiset toimisto"),
	"zh": strings.Fields("了 的 我 今天 又 很 真 早上 公司 大家 城市"),
}

type labelled struct {
	content, lang string
	theme         int
	at            int64
}

const hour = int64(3600e6)

// stream invents posts: five themes' words, or so, among words that say nothing.
func stream(seed uint64, n int) (posts []labelled) {
	rng := rand.New(rand.NewPCG(seed, 1))
	for i := range n {
		k := rng.IntN(len(themes))
		th := &themes[k]
		var words []string
		for range 4 + rng.IntN(4) {
			words = append(words, th.words[rng.IntN(len(th.words))])
		}
		for range 2 + rng.IntN(4) {
			f := filler[th.lang]
			words = append(words, f[rng.IntN(len(f))])
		}
		rng.Shuffle(len(words), func(a, b int) { words[a], words[b] = words[b], words[a] })
		posts = append(posts, labelled{strings.Join(words, th.join), th.lang, k, int64(i) * hour / 20})
	}
	return posts
}

type sorter struct {
	m      *topic.Model
	r      topic.Reader
	d      text.Doc
	last   int64
	merged map[int64]int64
}

// merge does what is done every hour.
func (s *sorter) merge() {
	if s.merged == nil {
		s.merged = map[int64]int64{}
	}
	for _, done := range s.m.Merge(func(a, b *topic.Group) bool { return false }) {
		s.merged[done.From] = done.Into
	}
}

// whole is the group that a group went up in.
func (s *sorter) whole(id int64) int64 {
	for s.merged[id] != 0 {
		id = s.merged[id]
	}
	return id
}

func (s *sorter) sort(p *labelled) int64 {
	read(&s.r, &s.d, p.content, p.lang)
	g := s.m.Sort(&s.r, p.at, func() int64 { s.last++; return s.last })
	if g == nil {
		return 0
	}
	return g.ID
}

// measure is the V-measure (Rosenberg and Hirschberg 2007) of groups against
// themes.
func measure(themes, groups []int64) float64 {
	entropy := func(of []int64) (h float64) {
		counts := map[int64]float64{}
		for _, x := range of {
			counts[x]++
		}
		for _, n := range counts {
			h -= n / float64(len(of)) * math.Log(n/float64(len(of)))
		}
		return h
	}
	given := func(of, by []int64) (h float64) {
		parts := map[int64][]int64{}
		for i := range of {
			parts[by[i]] = append(parts[by[i]], of[i])
		}
		for _, part := range parts {
			h += float64(len(part)) / float64(len(of)) * entropy(part)
		}
		return h
	}
	homogeneous := 1 - given(themes, groups)/entropy(themes)
	complete := 1 - given(groups, themes)/max(entropy(groups), 1e-9)
	return 2 * homogeneous * complete / (homogeneous + complete)
}

// proves section 11 of the algorithms: a labelled stream in three languages
func TestGroupsAreTheThemesOfAStreamInThreeLanguages(t *testing.T) {
	t.Parallel()
	s := sorter{m: topic.NewModel()}
	var want, got []int64
	for i, p := range stream(7, 3000) {
		got = append(got, s.sort(&p))
		want = append(want, int64(p.theme))
		if i%20 == 19 {
			s.merge()
		}
	}
	for i := range got {
		got[i] = s.whole(got[i])
	}
	v := measure(want, got)
	different := map[int64]bool{}
	for _, g := range got {
		different[g] = true
	}
	t.Logf("V-measure %.3f with %d groups of %d themes", v, len(different), len(themes))
	if v < 0.7 {
		t.Errorf("V-measure %.3f, want at least 0.7", v)
	}
}

// proves section 11 of the algorithms: groups with a name do not depend on the order
func TestNamedGroupsStayWhenHoursAreShuffled(t *testing.T) {
	t.Parallel()
	first := sorter{m: topic.NewModel()}
	posts := stream(11, 2000)
	for i := range posts {
		if first.sort(&posts[i]); i%20 == 19 {
			first.merge()
		}
	}
	groups := first.m.Groups()
	slices.SortFunc(groups, func(a, b *topic.Group) int { return int(b.Count - a.Count) })
	named := map[int64]bool{}
	var frozen [][]byte
	for _, g := range groups[:len(themes)] {
		g.Freeze()
		named[g.ID] = true
		frozen = append(frozen, g.Bytes())
	}
	replay := func(order []labelled) map[string]int64 {
		s := sorter{m: topic.NewModel(), last: 1 << 20}
		for i, g := range groups[:len(themes)] {
			one, ok := topic.ReadGroup(g.ID, frozen[i])
			if !ok {
				t.Fatal("a group cannot be read back")
			}
			s.m.Put(one)
		}
		found := map[string]int64{}
		for i := range order {
			if found[fmt.Sprint(order[i].at)] = s.sort(&order[i]); i%20 == 19 {
				s.merge()
			}
		}
		for at, id := range found {
			if found[at] = s.whole(id); !named[found[at]] {
				delete(found, at)
			}
		}
		return found
	}
	straight := replay(posts)
	hours := map[int64][]labelled{}
	var starts []int64
	for _, p := range posts {
		h := p.at / hour
		if hours[h] == nil {
			starts = append(starts, h)
		}
		hours[h] = append(hours[h], p)
	}
	rng := rand.New(rand.NewPCG(3, 3))
	rng.Shuffle(len(starts), func(a, b int) { starts[a], starts[b] = starts[b], starts[a] })
	var shuffled []labelled
	for _, h := range starts {
		shuffled = append(shuffled, hours[h]...)
	}
	other := replay(shuffled)
	changed := 0
	for _, p := range posts {
		if at := fmt.Sprint(p.at); straight[at] != other[at] {
			changed++
		}
	}
	t.Logf("%d of %d posts changed", changed, len(posts))
	if len(straight) < len(posts)/2 || changed*20 > len(posts) {
		t.Errorf("%d of %d posts are in named groups, %d change; want at most 5%%", len(straight), len(posts), changed)
	}
}

func TestAModelThatWasWrittenDownGoesOnAlike(t *testing.T) {
	t.Parallel()
	posts := stream(5, 1200)
	whole, broken := sorter{m: topic.NewModel()}, sorter{m: topic.NewModel()}
	for i := range posts {
		if i%300 == 150 {
			m, ok := topic.ReadModel(broken.m.Bytes())
			if !ok {
				t.Fatal("a model cannot be read back")
			}
			for _, g := range broken.m.Groups() {
				one, ok := topic.ReadGroup(g.ID, g.Bytes())
				if !ok || !bytes.Equal(one.Bytes(), g.Bytes()) {
					t.Fatal("a group cannot be read back")
				}
				m.Put(one)
			}
			broken.m = m
		}
		if a, b := whole.sort(&posts[i]), broken.sort(&posts[i]); a != b {
			t.Fatalf("post %d: %d without a break, %d with", i, a, b)
		}
	}
	if whole.m.Len() == 0 || !bytes.Equal(whole.m.Bytes(), broken.m.Bytes()) {
		t.Error("the models differ in the end")
	}
}

func TestCopiesMoveAGroupOnce(t *testing.T) {
	t.Parallel()
	s := sorter{m: topic.NewModel()}
	p := labelled{content: "Win a copper kettle in the summer raffle of the harbour bakery, reply with your favourite loaf", lang: "en"}
	id := s.sort(&p)
	for i := range 50 {
		again := p
		again.content = fmt.Sprintf("%s https://raffle.example/%d", p.content, i)
		if got := s.sort(&again); got != id {
			t.Fatalf("a copy is in group %d, its original in %d", got, id)
		}
	}
	if g := s.m.Group(id); g.Count != 1 {
		t.Errorf("%d posts moved the group, want 1", g.Count)
	}
}

func TestDistinctPhrasesAreWhatManyPeopleSay(t *testing.T) {
	t.Parallel()
	var r topic.Reader
	var d text.Doc
	var now, before topic.Corpus
	add := func(c *topic.Corpus, person uint64, content, lang string) {
		read(&r, &d, content, lang)
		c.Add(person, r.Phrases())
	}
	for i := range uint64(40) {
		add(&now, i, []string{"The milk frother smells of smoke", "My Milk frother began to smoke", "Smoke from the milk frother!"}[i%3], "en")
		add(&now, 99, "zebra zebra crossing", "en") // one loud person
		add(&now, i, "咖啡机今天冒烟了", "zh")
		add(&before, i, "The coffee is warm and the sun is out", "en")
		add(&before, i, "咖啡机很好看", "zh")
	}
	var texts []string
	for _, x := range now.Distinct(&before, nil, 10) {
		texts = append(texts, x.Key)
		if x.People < 3 || x.Z < topic.Significant {
			t.Errorf("%+v", x)
		}
	}
	for _, want := range []string{"milk frother", "smoke", "冒烟"} {
		if !slices.Contains(texts, want) {
			t.Errorf("%q lacks %q", texts, want)
		}
	}
	for _, not := range []string{"zebra", "milk", "frother", "咖啡机", "咖啡"} {
		if slices.Contains(texts, not) {
			t.Errorf("%q has %q", texts, not)
		}
	}
	if got := now.Distinct(&before, map[string]bool{"smoke": true}, 10); slices.ContainsFunc(got, func(x topic.Distinction) bool { return x.Key == "smoke" }) {
		t.Error("a word that was to be left out is there")
	}
}

func TestGroupsAreForgottenAndBounded(t *testing.T) {
	t.Parallel()
	s := sorter{m: topic.NewModel()}
	for i := range topic.MaxGroups + 100 {
		s.sort(&labelled{content: fmt.Sprintf("x%da x%db x%dc x%dd", i, i, i, i), lang: "en", at: int64(i) * hour})
	}
	if s.m.Len() < topic.MaxGroups/2 {
		t.Fatalf("only %d groups came about", s.m.Len())
	}
	keep := s.m.Groups()[0]
	keep.Freeze()
	s.m.Forget(math.MinInt64)
	if s.m.Len() > topic.MaxGroups || s.m.Group(keep.ID) == nil {
		t.Errorf("%d groups are kept; the named one: %v", s.m.Len(), s.m.Group(keep.ID) != nil)
	}
	s.m.Forget(math.MaxInt64)
	if s.m.Len() != 1 {
		t.Errorf("%d groups are left, want the named one", s.m.Len())
	}
}

func TestHostileTextsCostNoMoreThanLongOnes(t *testing.T) {
	t.Parallel()
	s := sorter{m: topic.NewModel()}
	for _, content := range []string{
		strings.Repeat("a ", 1<<18), strings.Repeat("é́", 1<<16), strings.Repeat("漢字", 1<<17), strings.Repeat("😀", 1<<16),
		strings.Repeat("x", 1<<19), strings.Repeat("क्षि", 1<<14), "\x00\xff\xfe", strings.Repeat("#a@b$c ", 1<<15), strings.Repeat("ア", 1<<16), strings.Repeat("foo-", 1<<16),
	} {
		s.sort(&labelled{content: content})
		if n := len(s.r.Terms); n > 96 {
			t.Errorf("%d terms", n)
		}
		for _, p := range s.r.Phrases() {
			if len(p.Text) > 80 {
				t.Errorf("a phrase of %d bytes", len(p.Text))
			}
		}
	}
}

func FuzzWhatWasWrittenDown(f *testing.F) {
	s := sorter{m: topic.NewModel()}
	posts := stream(1, 20)
	for i := range posts {
		s.sort(&posts[i])
	}
	f.Add(s.m.Bytes())
	for _, g := range s.m.Groups() {
		g.Freeze()
		f.Add(g.Bytes())
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		topic.ReadModel(b)
		if g, ok := topic.ReadGroup(1, b); ok {
			if again, ok := topic.ReadGroup(1, g.Bytes()); !ok || !bytes.Equal(again.Bytes(), g.Bytes()) {
				t.Error("a group is not what was written down")
			}
		}
	})
}

// BenchmarkSort cuts and sorts posts that are all different.
func BenchmarkSort(b *testing.B) {
	s := sorter{m: topic.NewModel()}
	posts := stream(9, 60_000)
	for i := range 4000 {
		s.sort(&posts[i])
	}
	b.ReportAllocs()
	for i := 4000; b.Loop(); i++ {
		s.sort(&posts[i%len(posts)])
	}
	b.ReportMetric(float64(s.m.Len()), "groups")
}

func BenchmarkPhrases(b *testing.B) {
	var r topic.Reader
	posts := stream(9, 500)
	docs := make([]text.Doc, len(posts))
	for i := range posts {
		docs[i].Add(text.Text, posts[i].content)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		r.Read(&docs[i%len(posts)], posts[i%len(posts)].lang)
		r.Phrases()
	}
}

func TestCommonWordsSayNothing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		lang, word string
		common     bool
	}{{"en", "today", true}, {"en", "kettle", false}, {"de", "und", true}, {"de-AT", "und", true}, {"", "und", true}, {"xx", "today", true}, {"en", "kahvi", false}} {
		if got := topic.Common(c.lang, c.word); got != c.common {
			t.Errorf("%q in %q: %v", c.word, c.lang, got)
		}
	}
}
