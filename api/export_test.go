package api

import (
	"context"
	"encoding/csv"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hearth"
	"hearth/access"
)

// proves TN6 for exports: what somebody may not have any more does not wait for
// them to read on.
func TestAnExportEndsWithTheRightToItThoughNobodyReads(t *testing.T) {
	t.Parallel()
	ctx, revoke := context.WithCancelCause(t.Context())
	ended := make(chan error, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		out := newPatientWriter(ctx, w, http.NewResponseController(w))
		row := []byte(strings.Repeat("x", 64<<10))
		for {
			if _, err := out.Write(row); err != nil {
				ended <- err
				return
			}
		}
	}))
	defer server.Close()
	answer, err := http.Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	revoke(access.ErrSignedOut)
	select {
	case err := <-ended:
		if err == nil {
			t.Error("it ended well")
		}
	case <-time.After(time.Minute):
		t.Fatal("it goes on")
	}
	ctx, leave := context.WithCancelCause(t.Context())
	leave(access.ErrSignedOut)
	w := httptest.NewRecorder()
	if _, err := newPatientWriter(ctx, w, http.NewResponseController(w)).Write([]byte("late")); !errors.Is(err, access.ErrSignedOut) || w.Body.Len() > 0 {
		t.Errorf("after the end %q is written, %v", w.Body, err)
	}
}

// proves BR9: no cell of an export is one that a spreadsheet would run, and
// nothing else of the text is lost.
func TestNoCellOfAnExportRuns(t *testing.T) {
	t.Parallel()
	starts := []string{"=", "+", "-", "@", "\t", "\r", "\n", "\x00", " =", "\u00a0+", "＝", "－1", "", "a", "\"", ",", "'="}
	rapid.Check(t, func(t *rapid.T) {
		cells := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) string {
			return rapid.SampledFrom(starts).Draw(t, "start") + rapid.StringOf(rapid.RuneFrom([]rune("=+-@\t\r\n\x00\"',;a1 é日|!"))).Draw(t, "rest")
		}), 8, 8).Draw(t, "cells")
		p := hearth.Post{
			Network: "demo", ID: cells[0], Title: cells[1], Text: cells[2], Item: cells[3], Author: hearth.Author{Handle: cells[4], Name: cells[5]},
			Hashtags: []string{cells[6]}, Tags: []string{cells[7]}, SentimentScore: hearth.KnownNumber(-0.5),
		}
		row, err := csv.NewReader(strings.NewReader(csvTitles + string(appendCSV(nil, &p)))).ReadAll()
		if err != nil || len(row) != 2 || len(row[1]) != len(row[0]) {
			t.Fatalf("%q: %d rows, %v", cells, len(row), err)
		}
		for i, cell := range row[1] {
			if bare := strings.TrimLeft(cell, " \u00a0\u3000"); bare != "" && strings.ContainsRune("=+-@\t\r\n\x00＝＋－＠", []rune(bare)[0]) && row[0][i] != "sentiment_score" && !plainNumber(cell) {
				t.Fatalf("the cell %s is %q", row[0][i], cell)
			}
		}
		// encoding/csv reads CRLF inside quotes as LF.
		same := strings.NewReplacer("\x00", " ", "\r\n", "\n").Replace(cells[2])
		if got := strings.TrimPrefix(row[1][10], "'"); got != strings.TrimPrefix(same, "'") && row[1][10] != same {
			t.Fatalf("the text %q became %q", cells[2], row[1][10])
		}
	})
}
