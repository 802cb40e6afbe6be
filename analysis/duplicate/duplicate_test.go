package duplicate

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"hearth/analysis/analysistest"
	"hearth/analysis/corpus"
	"hearth/text"

	"hearth"
)

func sketch(s string) (k Sketch) {
	var doc text.Doc
	var r Reader
	analysistest.Read(&doc, &hearth.Post{Text: s})
	r.Read(&doc, &k)
	return k
}

func relate(a, b string) Relation {
	x, y := sketch(a), sketch(b)
	return Relate(&x, &y)
}

func TestWhatIsAddedToACopyDoesNotHideIt(t *testing.T) {
	const story = "Brewlytic gives a new grinder to everybody who stands in the queue before nine, they told us at the harbour shop"
	for _, other := range []string{
		story,
		"RT @ann.example: " + story + " https://short.example/x1",
		strings.ToUpper(story),
		"“" + strings.ReplaceAll(story, " ", "  ") + "”!!! 🔥🔥",
		story + " #brewlytic #queue",
	} {
		if got := relate(story, other); got != Copy {
			t.Errorf("%q is %d to the story, not a copy", other, got)
		}
	}
	for _, other := range []string{
		strings.Replace(strings.Replace(story, "grinder", "kettle", 1), "everybody", "anyone", 1),
		story[:len(story)*3/4],
	} {
		if got := relate(story, other); got == Unrelated {
			t.Errorf("%q is not the same story", other)
		}
	}
}

func TestShortTextsAreNoCopies(t *testing.T) {
	for _, thanks := range []string{"", "Thank you so much!!", "ok", "👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍", "谢谢大家的支持", "https://a.example/a-very-long-address-of-a-page-that-everybody-links-to", "@ann @bob @carl.example @dora@social.example @emil"} {
		if got := relate(thanks, thanks); got != Unrelated {
			t.Errorf("%q of two people is %d", thanks, got)
		}
	}
	greeting, other := "Good morning to all of you out there, friends", "Good morning to all of you out here, my folks"
	a, b := sketch(greeting), sketch(other)
	if s := Similarity(&a, &b); s < SameStory || s >= shortAlike || !a.Tells() || a.Letters >= short {
		t.Fatalf("the texts of the test are %.2f alike and %d letters long", s, a.Letters)
	}
	if relate(greeting, other) != Unrelated {
		t.Error("short texts that are alike count as one story")
	}
	if relate(greeting, greeting+"!") != Copy {
		t.Error("a copy of a short text is none")
	}
}

func TestScriptsWithoutSpacesAreRead(t *testing.T) {
	for _, c := range []struct{ text, edited string }{
		{"这家新开的咖啡店今天免费送出五百台咖啡机，我已经拿到了一台，大家快去门口排队领取吧，数量有限先到先得", "这家新开的咖啡店今天免费送出三百台咖啡机，我已经拿到了一台，大家快去门口排队领取吧，数量有限先到先得！"},
		{"新しいカフェが今日だけ五百台のコーヒーメーカーを無料で配っています。私ももらいました、みんな急いで並んでください", "新しいカフェが今日だけ三百台のコーヒーメーカーを無料で配っています。私ももらいました、みんな急いで並んでください"},
		{"ร้านกาแฟเปิดใหม่แจกเครื่องชงกาแฟฟรีห้าร้อยเครื่องวันนี้เท่านั้น ฉันได้มาแล้ว รีบไปต่อคิวกันเลย", "ร้านกาแฟเปิดใหม่แจกเครื่องชงกาแฟฟรีสามร้อยเครื่องวันนี้เท่านั้น ฉันได้มาแล้ว รีบไปต่อคิวกันเลย"},
		{"새로 문을 연 카페에서 오늘 하루만 커피 머신 오백 대를 무료로 나눠 줍니다. 저는 벌써 받았어요, 빨리 줄을 서세요", "새로 문을 연 카페에서 오늘 하루만 커피 머신 삼백 대를 무료로 나눠 줍니다. 저는 벌써 받았어요, 빨리 줄을 서세요"},
	} {
		if relate(c.text, c.edited) == Unrelated {
			a, b := sketch(c.text), sketch(c.edited)
			t.Errorf("%s: a word was changed, and it is %.2f alike", c.text, Similarity(&a, &b))
		}
	}
}

// TestBandsFindAsManyAsTheTableSays measures the table of algorithms.md, section 4,
// on sets of known similarity.
func TestBandsFindAsManyAsTheTableSays(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 16))
	for _, c := range []struct{ s, want float64 }{{.3, .122}, {.5, .644}, {.6, .892}, {.7, .988}, {.8, .9998}} {
		for _, union := range []int{50, 100, 400} {
			const trials = 3000
			found, sum := 0, 0.0
			for range trials {
				all := make([]uint64, union)
				for i := range all {
					all[i] = random.Uint64()
				}
				// The common runs, and the others by turns.
				common := int(math.Round(c.s * float64(union)))
				a, b := slices.Clone(all[:common]), slices.Clone(all[:common])
				for i, run := range all[common:] {
					if i%2 == 0 {
						a = append(a, run)
					} else {
						b = append(b, run)
					}
				}
				var x, y Sketch
				fill(a, &x.Values)
				fill(b, &y.Values)
				sum += Similarity(&x, &y)
				p, q := x.Bands(), y.Bands()
				for i := range p {
					if p[i] == q[i] {
						found++
						break
					}
				}
			}
			if got := float64(found) / trials; math.Abs(got-c.want) > 0.03 {
				t.Errorf("of pairs %.1f alike (%d runs) %.3f are found, not %.3f", c.s, union, got, c.want)
			}
			if got := sum / trials; math.Abs(got-c.s) > 0.01 {
				t.Errorf("pairs %.1f alike (%d runs) seem %.3f alike", c.s, union, got)
			}
		}
	}
}

// edits are those of the appendix of algorithms.md.
var edits = []struct {
	name string
	want float64 // of texts of 20 to 40 words
	all  float64 // of 10 to 40: three words of ten are much of a text, and no longer the same
	edit func(random *rand.Rand, words []string) string
}{
	{"reposted with an address", .999, .99, func(_ *rand.Rand, w []string) string {
		return "RT @someone: " + strings.Join(w, " ") + " https://t.example/x9"
	}},
	{"one word", .99, .95, func(random *rand.Rand, w []string) string { return replaced(random, w, 1) }},
	{"three words", .90, .60, func(random *rand.Rand, w []string) string { return replaced(random, w, 3) }},
	{"tags behind", .99, .95, func(_ *rand.Rand, w []string) string { return strings.Join(w, " ") + " #brand #fail" }},
	{"three quarters", .90, .70, func(_ *rand.Rand, w []string) string { return strings.Join(w[:len(w)*3/4], " ") }},
}

var others = strings.Fields("window seven marble anchor quickly yellow between singing copper lantern village borrow gentle thunder paper island")

func replaced(random *rand.Rand, words []string, n int) string {
	words = slices.Clone(words)
	for _, i := range random.Perm(len(words))[:n] {
		words[i] = others[random.IntN(len(others))]
	}
	return strings.Join(words, " ")
}

// found says whether two texts would meet: a band brings them together, and their
// relation holds.
func found(a, b *Sketch) bool {
	if a.Hash == b.Hash {
		return a.Tells()
	}
	p, q := a.Bands(), b.Bands()
	for i := range p {
		if p[i] == q[i] {
			return Relate(a, b) != Unrelated
		}
	}
	return false
}

func checkEdits(t *testing.T, texts [][]string) {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	for _, e := range edits {
		hits, n, long, longHits := 0, 0, 0, 0
		for _, words := range texts {
			if len(words) < 10 || len(words) > 40 {
				continue
			}
			a, b := sketch(strings.Join(words, " ")), sketch(e.edit(random, words))
			hit := found(&a, &b)
			n++
			if hit {
				hits++
			}
			if len(words) >= 20 {
				long++
				if hit {
					longHits++
				}
			}
		}
		if long < 100 {
			t.Fatalf("only %d long texts", long)
		}
		all, of20 := float64(hits)/float64(n), float64(longHits)/float64(long)
		t.Logf("%-26s %.3f of %d; of 20 words and more %.3f of %d", e.name, all, n, of20, long)
		if all < e.all {
			t.Errorf("%s: %.3f are found, not %.3f", e.name, all, e.all)
		}
		if of20 < e.want {
			t.Errorf("%s: %.3f of 20 words and more are found, not %.3f", e.name, of20, e.want)
		}
	}
}

// invented makes texts of words that follow each other as in a language: a few are
// everywhere.
func invented(n int) [][]string {
	random := rand.New(rand.NewPCG(7, 7))
	syllables := strings.Fields("ka lo mer ti bren sa vo lin der ast po ru ne gal shi wen do fra ke mu")
	vocabulary := make([]string, 3000)
	for i := range vocabulary {
		for range 1 + random.IntN(4) {
			vocabulary[i] += syllables[random.IntN(len(syllables))]
		}
	}
	texts := make([][]string, n)
	for i := range texts {
		for range 10 + random.IntN(31) {
			texts[i] = append(texts[i], vocabulary[int(math.Pow(float64(len(vocabulary)), random.Float64()))-1])
		}
	}
	return texts
}

func TestEditsOfInventedTextsAreFound(t *testing.T) { checkEdits(t, invented(3000)) }

func public(t *testing.T, names ...string) (texts []string) {
	t.Helper()
	for _, name := range names {
		rows, err := corpus.Read(name)
		if errors.Is(err, corpus.ErrAbsent) {
			t.Skip(err)
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range corpus.Distinct(rows) {
			texts = append(texts, row.Text)
		}
	}
	return texts
}

func TestEditsOfPublicTextsAreFound(t *testing.T) {
	var texts [][]string
	for _, s := range public(t, "sentiment-en/semeval2017-test.jsonl.gz") {
		texts = append(texts, strings.Fields(s))
	}
	checkEdits(t, texts[:min(len(texts), 6000)])
}

// unrelated counts the pairs of texts that are found although hardly any of their
// runs are common, of all pairs.
func unrelated(t *testing.T, texts []string) {
	t.Helper()
	sketches := make([]Sketch, len(texts))
	byBand := map[[2]uint64][]int{}
	for i, s := range texts {
		sketches[i] = sketch(s)
		if !sketches[i].Tells() {
			continue
		}
		for b, key := range sketches[i].Bands() {
			at := [2]uint64{uint64(b), key}
			byBand[at] = append(byBand[at], i)
		}
	}
	met := map[[2]int]bool{}
	for _, list := range byBand {
		for i, a := range list {
			for _, b := range list[i+1:] {
				met[[2]int{a, b}] = true
			}
		}
	}
	wrong, right := 0, 0
	for pair := range met {
		if Relate(&sketches[pair[0]], &sketches[pair[1]]) == Unrelated {
			continue
		}
		if j := jaccard(texts[pair[0]], texts[pair[1]]); j < 0.4 {
			wrong++
			t.Logf("%.2f alike: %.60q and %.60q", j, texts[pair[0]], texts[pair[1]])
		} else {
			right++
		}
	}
	pairs := float64(len(texts)) * float64(len(texts)-1) / 2
	t.Logf("%d texts, %.0f pairs: %d met, %d alike, %d found although they are not", len(texts), pairs, len(met), right, wrong)
	if float64(wrong) > 1e-6*pairs {
		t.Errorf("%d of %.0f unrelated pairs are found", wrong, pairs)
	}
}

// jaccard compares all runs of two texts.
func jaccard(a, b string) float64 {
	var doc text.Doc
	set := func(s string) map[uint64]bool {
		var r Reader
		var k Sketch
		analysistest.Read(&doc, &hearth.Post{Text: s})
		r.Read(&doc, &k)
		m := map[uint64]bool{}
		for _, run := range r.runs {
			m[run] = true
		}
		return m
	}
	x, y := set(a), set(b)
	both := 0
	for run := range x {
		if y[run] {
			both++
		}
	}
	return float64(both) / float64(len(x)+len(y)-both)
}

func TestUnrelatedInventedTextsStayApart(t *testing.T) {
	var texts []string
	for _, words := range invented(4000) {
		texts = append(texts, strings.Join(words, " "))
	}
	unrelated(t, texts)
}

func TestUnrelatedPublicTextsStayApart(t *testing.T) {
	unrelated(t, public(t, "sentiment-en/semeval2017-test.jsonl.gz"))
	unrelated(t, public(t, "neardup/weibo-2020-2-19.jsonl.gz"))
}

func TestSketchesAreTheSameEverywhere(t *testing.T) {
	s := sketch("The ferry leaves at nine and the weather looks fine over the archipelago today.")
	if got := fmt.Sprintf("%x %d %x %x", s.Hash, s.Letters, s.Values[0], s.Bands()[15]); got != golden {
		t.Errorf("%s; if it must change, stored sketches have to be made again", got)
	}
	var again Sketch
	if !again.SetValues(s.AppendValues(nil)) || again.Values != s.Values {
		t.Error("values are not read as they were written")
	}
	if again.SetValues(make([]byte, Size-1)) {
		t.Error("a short value is read")
	}
}

func TestHostileTextsAreBounded(t *testing.T) {
	for name, s := range map[string]string{
		"one letter": strings.Repeat("a", 200_000), "marks": "a" + strings.Repeat("\u0301", 199_999), "words": strings.Repeat("word ", 40_000),
		"emoji": strings.Repeat("👨‍👩‍👧", 10_000), "mentions": strings.Repeat("@a ", 60_000), "broken": strings.Repeat("\xff\xfe", 100_000), "zalgo": strings.Repeat("e\u0301\u0302\u0303", 30_000),
	} {
		var doc text.Doc
		var r Reader
		var k Sketch
		analysistest.Read(&doc, &hearth.Post{Text: s})
		r.Read(&doc, &k)
		if len(r.sums) > maxLetters+2 || len(r.runs) > maxLetters+1 {
			t.Errorf("%s: %d letters and %d runs", name, len(r.sums), len(r.runs))
		}
	}
}

func TestSketchesAllocateNothing(t *testing.T) {
	docs, r, k := documents(), Reader{}, Sketch{}
	for i := range docs {
		r.Read(&docs[i], &k)
	}
	if n := testing.AllocsPerRun(100, func() {
		for i := range docs {
			r.Read(&docs[i], &k)
		}
	}); n != 0 {
		t.Errorf("%.0f allocations", n)
	}
}

func documents() []text.Doc {
	posts := analysistest.Posts(false)
	docs := make([]text.Doc, len(posts))
	for i := range posts {
		analysistest.Read(&docs[i], &posts[i])
	}
	return docs
}

func BenchmarkRead(b *testing.B) {
	docs, r, k := documents(), Reader{}, Sketch{}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		r.Read(&docs[i%len(docs)], &k)
		i++
	}
}

func FuzzRead(f *testing.F) {
	f.Add("RT @ann: hello", "hello 手机壳 👍🏽")
	f.Add(strings.Repeat("ab ", 100), strings.Repeat("ab ", 101))
	f.Fuzz(func(t *testing.T, a, b string) {
		x, y := sketch(a), sketch(b)
		if x != sketch(a) {
			t.Fatal("a text has two sketches")
		}
		if Relate(&x, &y) != Relate(&y, &x) {
			t.Fatal("the relation is not symmetric")
		}
		if x.Tells() && Relate(&x, &x) != Copy {
			t.Fatal("a text is no copy of itself")
		}
	})
}

const golden = "7876c885342a7faf 79 3c4c8eae cf3e57fffb1ee1ea"
