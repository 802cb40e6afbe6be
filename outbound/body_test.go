package outbound_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"

	"hearth"
	"hearth/outbound"
)

// packers pack by the name of the encoding; "deflate raw" is what some servers
// send as deflate.
var packers = map[string]func(io.Writer) io.WriteCloser{
	"gzip":    func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) },
	"deflate": func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) },
	"deflate raw": func(w io.Writer) io.WriteCloser {
		z, err := flate.NewWriter(w, flate.BestCompression)
		must(err)
		return z
	},
	"br":   func(w io.Writer) io.WriteCloser { return brotli.NewWriterLevel(w, 5) },
	"zstd": func(w io.Writer) io.WriteCloser { z, err := zstd.NewWriter(w); must(err); return z },
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func packed(name string, size int) []byte {
	var b bytes.Buffer
	w := packers[name](&b)
	block := bytes.Repeat([]byte("0123456789abcdef"), 4096)
	for ; size > 0; size -= len(block) {
		_, err := w.Write(block[:min(len(block), size)])
		must(err)
	}
	must(w.Close())
	return b.Bytes()
}

func TestPackedAnswersAreUnpacked(t *testing.T) {
	t.Parallel()
	for name := range packers {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if got := r.Header.Get("Accept-Encoding"); got != "gzip, deflate, br, zstd" {
				t.Errorf("asked for %q", got)
			}
			encoding, _, _ := strings.Cut(name, " ")
			w.Header().Set("Content-Encoding", encoding)
			if r.Method != http.MethodHead {
				w.Write(packed(name, 100_000))
			}
		}))
		defer s.Close()
		client := allowed(t, s).Client(outbound.Web)
		answer, err := client.Get(s.URL)
		if err != nil {
			t.Fatal(err)
		}
		b, err := outbound.ReadAll(answer.Body, 100_000)
		answer.Body.Close()
		if err != nil || len(b) != 100_000 || !bytes.HasPrefix(b, []byte("0123456789abcdef0")) || !answer.Uncompressed || answer.Header.Get("Content-Encoding") != "" {
			t.Errorf("%s: %d bytes, %v", name, len(b), err)
		}
		if answer, err := client.Head(s.URL); err != nil || answer.StatusCode != http.StatusOK {
			t.Errorf("%s: HEAD: %v", name, err)
		} else {
			answer.Body.Close()
		}
	}
}

func TestWhoAsksForAPackingGetsItAsItIs(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		w.Write(packed("gzip", 10))
	}))
	defer s.Close()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", "gzip")
	answer, err := allowed(t, s).Client(outbound.Web).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if b, err := io.ReadAll(answer.Body); err != nil || !bytes.Equal(b, packed("gzip", 10)) {
		t.Errorf("%x, %v", b, err)
	}
}

// proves IB1, F31: bombs of every packing, cut and nested ones among them, are
// refused with little memory.
func TestBombsAreRefused(t *testing.T) {
	const size = 24 << 20
	var before, after runtime.MemStats
	for name := range packers {
		bomb := packed(name, size)
		for _, cut := range []bool{false, true} {
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				encoding, _, _ := strings.Cut(name, " ")
				w.Header().Set("Content-Encoding", encoding)
				if cut {
					w.Write(bomb[:len(bomb)/2])
				} else {
					w.Write(bomb)
				}
			}))
			answer, err := allowed(t, s).Client(outbound.Stream).Get(s.URL)
			if err != nil {
				t.Fatal(err)
			}
			runtime.GC()
			runtime.ReadMemStats(&before)
			n, err := io.Copy(io.Discard, answer.Body)
			runtime.ReadMemStats(&after)
			answer.Body.Close()
			s.Close()
			if hearth.ErrorCode(err) != hearth.Unavailable || !strings.Contains(err.Error(), "unpacks to more than") || n > 16<<20 {
				t.Errorf("%s, cut %v: %d bytes were unpacked, %v", name, cut, n, err)
			}
			if took := after.TotalAlloc - before.TotalAlloc; took > 32<<20 {
				t.Errorf("%s: refusing took %d MB", name, took>>20)
			}
		}
	}
}

func TestAnAnswerThatIsTooLargeIsRefused(t *testing.T) {
	t.Parallel()
	block := make([]byte, 1<<20)
	sent := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/said" {
			w.Header().Set("Content-Length", "100000000")
			return
		}
		for sent = 0; sent < 200; sent++ {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	}))
	defer s.Close()
	client := allowed(t, s).Client(outbound.Web)
	if _, err := client.Get(s.URL + "/said"); hearth.ErrorCode(err) != hearth.Unavailable || !strings.Contains(err.Error(), "larger than 64 MB") {
		t.Errorf("an answer that says how large it is: %v", err)
	}
	answer, err := client.Get(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if n, err := io.Copy(io.Discard, answer.Body); hearth.ErrorCode(err) != hearth.Unavailable || n > 65<<20 {
		t.Errorf("%d bytes were read, %v", n, err)
	}
}

func TestAPackingThatNobodyAskedForAndEndlessHeadersAreRefused(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/headers":
			w.Header().Set("X-Long", strings.Repeat("x", 100<<10))
		case "/nested":
			w.Header().Set("Content-Encoding", "gzip, gzip")
		default:
			w.Header().Set("Content-Encoding", "compress")
		}
		io.WriteString(w, "never read")
	}))
	defer s.Close()
	o := allowed(t, s)
	client := o.Client(outbound.Web)
	for path, says := range map[string]string{"/": `packed as "compress"`, "/nested": `packed as "gzip, gzip"`, "/headers": "headers exceeded"} {
		if answer, err := client.Get(s.URL + path); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, %v", path, answer, err)
		}
	}
	if running := o.Snapshot()[0].Running; running != 0 {
		t.Errorf("%d calls still hold a place", running)
	}
}

// proves OUT2: net/http sends a request again by itself if it has an
// Idempotency-Key or a body that can be had again; ours never.
func TestWhatChangesSomethingReachesTheWireOnce(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var posts, reused atomic.Int32
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				in := bufio.NewReader(c)
				for n := 0; ; n++ {
					r, err := http.ReadRequest(in)
					if err != nil {
						return
					}
					io.Copy(io.Discard, r.Body)
					if r.Method == http.MethodPost {
						posts.Add(1)
						reused.Add(int32(min(n, 1)))
						return // accepted, the answer lost
					}
					fmt.Fprint(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
				}
			}()
		}
	}()
	e, err := outbound.ParseException(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	o := outbound.New(outbound.Config{Allow: []outbound.Exception{e}})
	defer o.CloseIdle()
	client := o.Client(outbound.Web)
	at := "http://" + l.Addr().String() + "/"
	for i, body := range []io.Reader{strings.NewReader("{}"), bytes.NewReader(nil), http.NoBody, nil} {
		if got := get(t.Context(), client, at); got != "200" { // leaves a connection that could be used again
			t.Fatal(got)
		}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, at, body)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Idempotency-Key", "k")
		if answer, err := client.Do(r); err == nil {
			answer.Body.Close()
			t.Error("there was an answer")
		}
		if posts.Load() != int32(i+1) || reused.Load() > 0 {
			t.Errorf("after %d requests, %d were sent, %d on used connections", i+1, posts.Load(), reused.Load())
		}
	}
}

func TestWhatChangesSomethingIsNotRedirected(t *testing.T) {
	t.Parallel()
	var seen atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen.Add(1)
		var status int
		fmt.Sscanf(r.URL.Path, "/%d", &status)
		http.Redirect(w, r, "/200", status)
	}))
	defer s.Close()
	client := allowed(t, s).Client(outbound.Web)
	for i, status := range []int{301, 302, 303, 307, 308} {
		answer, err := client.Post(fmt.Sprintf("%s/%d", s.URL, status), "text/plain", strings.NewReader("x"))
		if err == nil {
			answer.Body.Close()
		}
		if hearth.ErrorCode(err) != hearth.Denied || seen.Load() != int32(i+1) {
			t.Errorf("%d: %d requests, %v", status, seen.Load(), err)
		}
	}
}

func TestAStreamHasNoEnd(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Accept-Encoding") != "" {
			t.Error("an event stream was asked for packed")
		}
		w.Header().Set("Content-Type", "text/event-stream")
		block := make([]byte, 1<<20)
		for range 70 {
			w.Write(block)
		}
	}))
	defer s.Close()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "text/event-stream")
	o := allowed(t, s)
	answer, err := o.Client(outbound.Stream).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if n, err := io.Copy(io.Discard, answer.Body); err != nil || n != 70<<20 {
		t.Errorf("%d bytes, %v", n, err)
	}
	if h := o.Snapshot()[0]; h.Totals.Bytes != 70<<20 || h.Running != 0 {
		t.Errorf("%+v", h)
	}
}
