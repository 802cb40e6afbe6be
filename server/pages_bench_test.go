package server_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"hearth"
	"hearth/client"
	"hearth/firehose"
	"hearth/firehose/mix"
	"hearth/web"
)

// measuredPages are the lists and charts that are measured, as somebody opens
// them; {monitor} is one with many mentions, {word} a word that many posts
// hold, {post} the parameters of a post.
var measuredPages = []struct{ name, path string }{
	{"home", "/"},
	{"home-rising", "/home/rising"},
	{"mentions", "/mentions"},
	{"mentions-all", "/mentions?period=all"},
	{"mentions-monitor", "/mentions?monitor={monitor}&period=30d"},
	{"mentions-query", "/mentions?q={word}&period=30d"},
	{"mentions-facet", "/mentions?monitor={monitor}&sentiment=negative&period=30d"},
	{"figures", "/mentions/figures"},
	{"figures-30d", "/mentions/figures?period=30d"},
	{"figures-all", "/mentions/figures?period=all"},
	{"figures-monitor", "/mentions/figures?monitor={monitor}&period=30d"},
	{"figures-query", "/mentions/figures?q={word}&period=7d"},
	{"figures-facet", "/mentions/figures?monitor={monitor}&sentiment=negative&period=30d"},
	{"facets", "/mentions/facets?monitor={monitor}&period=30d&q={word}&fields=author+hashtag+link+tag"},
	{"facets-bot", "/mentions/facets?period=30d&fields=bot"},
	{"facets-copies", "/mentions/facets?period=30d&fields=copies"},
	{"post", "/post?{post}"},
	{"monitors", "/monitors"},
	{"monitor", "/monitors/{monitor}"},
	{"monitor-new", "/monitors/new"},
	{"monitor-preview", "/monitors/preview?q={word}"},
	{"monitor-estimate", "/monitors/{monitor}/estimate"},
	{"query-look", "/query/look?q={word}"},
	{"lists", "/lists"},
	{"list", "/lists/1"},
	{"list-new", "/lists/new"},
	{"tag-rule-new", "/lists/rules/new"},
	{"wall", "/wall"},
	{"compare", "/compare?monitor={monitor}&monitor={second}&period=30d"},
	{"audience", "/audience?monitor={monitor}&period=30d"},
	{"voices", "/voices?monitor={monitor}&period=30d"},
	{"voices-ranking", "/voices/ranking?monitor={monitor}&period=30d"},
	{"notices", "/notices"},
	{"alerts", "/alerts"},
	{"watching", "/watching"},
	{"watching-one", "/watching/{monitor}"},
	{"incidents", "/incidents"},
	{"incident", "/incidents/1"},
	{"jobs", "/settings/jobs"},
	{"data", "/settings/data"},
	{"palette", "/palette?q=a"},
	{"sources", "/sources"},
	{"source-new", "/sources/new"},
	{"settings", "/settings"},
	{"channels", "/settings/channels"},
	{"team", "/settings/team"},
	{"invite", "/settings/team/invite"},
	{"roles", "/settings/roles"},
	{"keys", "/settings/keys"},
	{"workspace", "/settings/workspace"},
	{"audit", "/settings/audit"},
	{"help", "/help"},
	{"help-chapter", "/help/numbers"},
	{"reference", "/api/docs"},
	{"status", "/status"},
}

// BenchmarkPages asks a server that keeps HEARTH_BENCH_POSTS posts (1,000,000)
// for its pages, and says how long half of the answers took and how long 99 of
// a hundred: the whole way from the request to the last byte of the body, only
// the socket left out. On a machine that others use as well these say how long
// its queue is; the processor's time of an answer (cpu-p50-ms, cpu-p99-ms), in
// which everything else that the process does is counted, does not. The store is made once, in
// HEARTH_BENCH_DIR (a folder of the temporary directory), which takes some minutes.
//
//	go test -run '^$' -bench Pages -benchtime 300x -timeout 2h ./server
func BenchmarkPages(b *testing.B) {
	h := openMeasured(b)
	for _, page := range measuredPages {
		path := h.fill.Replace(page.path)
		b.Run(page.name, func(b *testing.B) {
			b.ReportAllocs()
			var took, worked []time.Duration
			size := 0
			for b.Loop() {
				begun, before := hearth.SystemClock(), firehose.ProcessorTime()
				size = h.get(b, path)
				worked = append(worked, firehose.ProcessorTime()-before)
				took = append(took, hearth.SystemClock().Sub(begun))
			}
			for name, list := range map[string][]time.Duration{"": took, "cpu-": worked} {
				slices.Sort(list)
				b.ReportMetric(list[len(list)/2].Seconds()*1000, name+"p50-ms")
				b.ReportMetric(list[len(list)*99/100].Seconds()*1000, name+"p99-ms")
			}
			b.ReportMetric(float64(size), "answer-bytes")
			b.ReportMetric(0, "ns/op")
		})
	}
	h.tellUnmeasured(b)
}

// measured is a server on a large store.
type measured struct {
	*running
	fill *strings.Replacer
}

func openMeasured(b *testing.B) *measured {
	b.Helper()
	posts := 1_000_000
	if n, err := strconv.Atoi(os.Getenv("HEARTH_BENCH_POSTS")); err == nil {
		posts = n
	}
	dir := os.Getenv("HEARTH_BENCH_DIR")
	if dir == "" {
		dir = filepath.Join(os.TempDir(), fmt.Sprintf("hearth-pages-%d", posts))
	}
	config := configIn(dir)
	begun := hearth.SystemClock()
	config.Clock = func() time.Time { return firehose.HistoryEnd().Add(hearth.SystemClock().Sub(begun)) }
	h := &measured{running: start(b, config)}
	monitors := h.listen(b)
	h.bring(b, posts)
	word := firehoseWords(b)[2]
	h.work(b, monitors[0].ID)
	newest, err := h.Search(b.Context(), client.SearchRequest{Limit: 1})
	if err != nil || len(newest.Posts) == 0 {
		b.Fatal("the newest post:", err)
	}
	post := url.Values{"network": {newest.Posts[0].Post.Network}, "id": {newest.Posts[0].Post.ID}}.Encode()
	h.fill = strings.NewReplacer("{post}", post, "{monitor}", strconv.FormatInt(monitors[0].ID, 10), "{second}", strconv.FormatInt(monitors[1].ID, 10), "{word}", word)
	return h
}

// listen adds the monitors: of words from the commonest to rare ones, and some
// as people write them.
func (h *measured) listen(b *testing.B) []client.Monitor {
	b.Helper()
	list, err := h.Monitors(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	if len(list) > 0 {
		slices.SortFunc(list, func(x, y client.Monitor) int { return int(x.ID - y.ID) })
		return list
	}
	for i, word := range firehoseWords(b) {
		m, err := h.AddMonitor(b.Context(), client.MonitorDraft{Name: fmt.Sprintf("Word %d", i+1), Query: word})
		if err != nil {
			b.Fatal(err)
		}
		list = append(list, m)
	}
	for i, query := range mix.NewWorld().Monitors(80) {
		if _, err := h.AddMonitor(b.Context(), client.MonitorDraft{Name: fmt.Sprintf("Brand %d", i+1), Query: query}); err != nil {
			b.Fatal(err)
		}
	}
	return list
}

// work leaves what people leave: a list, an incident, a comparison.
func (h *measured) work(b *testing.B, id int64) {
	b.Helper()
	lists, err := h.Lists(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	if len(lists) > 0 {
		return
	}
	var words strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&words, "word %d\n", i)
	}
	if _, err := h.AddList(b.Context(), client.ListDraft{Kind: "words", Name: "Words", Text: words.String()}); err != nil {
		b.Fatal(err)
	}
	for i := range 60 {
		if _, err := h.OpenIncident(b.Context(), client.IncidentDraft{Title: fmt.Sprintf("Incident %d", i+1), Class: "watch", Monitor: id}); err != nil {
			b.Fatal(err)
		}
	}
}

// firehoseWords are twenty words of the posts: the most frequent, the fourth
// most frequent and so on, each rarer than the one before.
func firehoseWords(b *testing.B) (words []string) {
	b.Helper()
	seen := map[string]int{}
	err := firehose.History(4000, func(p *hearth.Post) error {
		for _, word := range strings.Fields(strings.ToLower(p.Text)) {
			if len(word) > 3 && strings.Trim(word, "abcdefghijklmnopqrstuvwxyz") == "" {
				seen[word]++
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	var all []string
	for word := range seen {
		all = append(all, word)
	}
	slices.SortFunc(all, func(x, y string) int {
		if seen[x] != seen[y] {
			return seen[y] - seen[x]
		}
		return strings.Compare(x, y)
	})
	for i, rank := 0, 0; i < 20 && rank < len(all); i, rank = i+1, rank+1+rank/2 {
		words = append(words, all[rank])
	}
	return words
}

// bring imports the posts and waits until they are counted. What an earlier run
// brought is passed over.
func (h *measured) bring(b *testing.B, posts int) {
	b.Helper()
	status, err := h.Status(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	if status.Rows < int64(posts) {
		r, w := io.Pipe()
		go func() {
			var line []byte
			w.CloseWithError(firehose.History(posts, func(p *hearth.Post) error {
				line = append(hearth.AppendPost(line[:0], p), '\n')
				_, err := w.Write(line)
				return err
			}))
		}()
		told := int64(0)
		_, err := h.Import(b.Context(), r, client.ImportOptions{ID: "pages", Name: "pages.ndjson", Format: "ndjson"}, func(p client.ImportProgress) {
			if p.Records-told >= 50_000 {
				told = p.Records
				b.Logf("%d posts are kept", p.Records)
			}
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	for deadline := time.After(30 * time.Minute); ; {
		if status, err = h.Status(b.Context()); err != nil {
			b.Fatal(err)
		}
		if status.Counted >= status.Rows {
			b.Logf("%d posts, %d mentions of %d monitors", status.Posts, status.Mentions, status.MonitorsAll)
			return
		}
		select {
		case <-deadline:
			b.Fatalf("only %d of %d rows are counted", status.Counted, status.Rows)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// get asks for a page as a browser with a session does, and says how long the
// answer is.
func (h *measured) get(b *testing.B, path string) int {
	r := httptest.NewRequestWithContext(context.Background(), http.MethodGet, "http://localhost"+path, nil)
	r.SetBasicAuth("bench", h.key)
	r.Header.Set("Accept-Encoding", "gzip")
	w := httptest.NewRecorder()
	h.built.Handler().ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		b.Fatalf("%s answers %d: %s", path, w.Code, w.Body)
	}
	return w.Body.Len()
}

// tellUnmeasured names the pages that nobody measures.
func (h *measured) tellUnmeasured(b *testing.B) {
	for _, route := range web.Routes() {
		if route.Method != http.MethodGet || route.Class != web.Read && route.Class != web.Heavy {
			continue
		}
		known := slices.ContainsFunc(measuredPages, func(p struct{ name, path string }) bool {
			path, _, _ := strings.Cut(p.path, "?")
			if path == "/" {
				path = "/{$}"
			}
			return path == route.Path || strings.Contains(route.Path, "{") && strings.HasPrefix(path, route.Path[:strings.Index(route.Path, "{")])
		})
		if !known {
			b.Logf("%s is not measured", route.Path)
		}
	}
}
