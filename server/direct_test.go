package server

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func askDirectly(ctx context.Context, handler http.HandlerFunc, body io.Reader) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, "POST", "http://localhost/x?y=z", body)
	if err != nil {
		return nil, err
	}
	return (&http.Client{Transport: direct{handler}}).Do(r)
}

func TestAnAnswerInTheProcessIsLikeOneOverTheWire(t *testing.T) {
	t.Parallel()
	answer, err := askDirectly(t.Context(), func(w http.ResponseWriter, r *http.Request) {
		in, _ := io.ReadAll(r.Body)
		w.Header().Set("X-Is", "there")
		w.WriteHeader(http.StatusTeapot)
		w.Header().Set("X-Late", "ignored")
		fmt.Fprintf(w, "%s %s %s %s", r.Method, r.URL.RequestURI(), in, strings.Repeat("x", 100_000))
	}, strings.NewReader("body"))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusTeapot || answer.Header.Get("X-Is") != "there" || answer.Header.Get("X-Late") != "" ||
		!strings.HasPrefix(string(text), "POST /x?y=z body xxx") || len(text) < 100_000 {
		t.Errorf("%d %v, %d bytes, %v", answer.StatusCode, answer.Header, len(text), err)
	}
}

func TestStreamsGoBothWaysInTheProcess(t *testing.T) {
	t.Parallel()
	in, out := io.Pipe()
	answer, err := askDirectly(t.Context(), func(w http.ResponseWriter, r *http.Request) {
		steps := http.NewResponseController(w)
		steps.Flush()
		lines := bufio.NewScanner(r.Body)
		for lines.Scan() {
			fmt.Fprintln(w, "got", lines.Text())
			steps.Flush()
		}
	}, in)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	lines := bufio.NewScanner(answer.Body)
	for i := range 20 {
		fmt.Fprintln(out, i)
		if !lines.Scan() || lines.Text() != fmt.Sprint("got ", i) {
			t.Fatalf("line %d: %q, %v", i, lines.Text(), lines.Err())
		}
	}
	out.Close()
	if lines.Scan() {
		t.Errorf("more came: %q", lines.Text())
	}
}

func TestAnAnswerThatBreaksOffIsNotTakenForWhole(t *testing.T) {
	t.Parallel()
	answer, err := askDirectly(t.Context(), func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "half of")
		panic(http.ErrAbortHandler)
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if text, err := io.ReadAll(answer.Body); err == nil {
		t.Errorf("%q was read without an error", text)
	}
}

func TestWhoStopsReadingEndsTheHandler(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ended := make(chan error, 2)
		handler := func(w http.ResponseWriter, r *http.Request) {
			http.NewResponseController(w).Flush()
			<-r.Context().Done()
			ended <- r.Context().Err()
		}
		answer, err := askDirectly(t.Context(), handler, nil)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("the handler saw %v", err)
		}

		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err = askDirectly(ctx, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done(); ended <- nil }, nil)
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a silent handler: %v", err)
		}
		<-ended
	})
}
