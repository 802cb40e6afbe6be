package server

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
)

// direct is an http.RoundTripper that calls a handler in this process: nothing
// listens, streams work both ways.
type direct struct{ handler http.Handler }

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancel(r.Context())
	in := r.Clone(ctx)
	in.RequestURI = in.URL.RequestURI()
	in.Host = "localhost"
	in.RemoteAddr = "in-process"
	if in.Body == nil {
		in.Body = http.NoBody
	}
	out, reader := newAnswer()
	go func() {
		defer func() {
			if trouble := recover(); trouble != nil {
				out.end(fmt.Errorf("the answer broke off: %v", trouble))
			}
			in.Body.Close()
		}()
		d.handler.ServeHTTP(out, in)
		out.end(nil)
	}()
	select {
	case <-out.begun:
	case <-ctx.Done():
		cancel()
		reader.Close()
		return nil, context.Cause(r.Context())
	}
	return &http.Response{
		Status: http.StatusText(out.status), StatusCode: out.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: out.sent, Body: &directBody{reader, cancel}, ContentLength: -1, Request: r,
	}, nil
}

// directBody ends the handler's request when nobody reads on.
type directBody struct {
	*io.PipeReader
	cancel context.CancelFunc
}

func (b *directBody) Close() error {
	b.cancel()
	return b.PipeReader.Close()
}

// answer is the handler's side.
type answer struct {
	header http.Header
	pipe   *io.PipeWriter
	begun  chan struct{}
	once   sync.Once
	status int
	sent   http.Header
	buffer bytes.Buffer // what was written since the last flush
}

func newAnswer() (*answer, *io.PipeReader) {
	r, w := io.Pipe()
	return &answer{header: http.Header{}, pipe: w, begun: make(chan struct{})}, r
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) {
	a.once.Do(func() {
		a.status, a.sent = status, a.header.Clone()
		close(a.begun)
	})
}

// flushAt is how much an answer gathers before it is handed over.
const flushAt = 32 << 10

func (a *answer) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	a.buffer.Write(p)
	if a.buffer.Len() >= flushAt {
		return len(p), a.FlushError()
	}
	return len(p), nil
}

// FlushError serves http.ResponseController.
func (a *answer) FlushError() error {
	a.WriteHeader(http.StatusOK)
	if a.buffer.Len() == 0 {
		return nil // an empty write would wait for a reader
	}
	_, err := a.pipe.Write(a.buffer.Bytes())
	a.buffer.Reset()
	return err
}

func (a *answer) end(err error) {
	a.WriteHeader(http.StatusOK)
	if err == nil {
		err = a.FlushError()
	}
	a.pipe.CloseWithError(err)
}
