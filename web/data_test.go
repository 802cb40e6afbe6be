package web_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"hearth"
	"hearth/access"
	"hearth/client"
)

// sendFile sends a file as the form of a browser does: the fields first.
func (h *house) sendFile(path, name, body string, fields ...string) (*http.Response, string) {
	h.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i+1 < len(fields); i += 2 {
		if err := w.WriteField(fields[i], fields[i+1]); err != nil {
			h.t.Fatal(err)
		}
	}
	part, err := w.CreateFormFile("file", name)
	if err != nil {
		h.t.Fatal(err)
	}
	part.Write([]byte(body))
	w.Close()
	return h.ask(httptest.NewRequest("POST", path, &b), "Content-Type", w.FormDataContentType(), "Sec-Fetch-Site", "same-origin")
}

// lines is a file of posts, with bad ones between.
func lines(n, bad int) string {
	var b strings.Builder
	for i := range n {
		p := hearth.Post{Network: "shop", ID: fmt.Sprintf("r%d", i), Text: fmt.Sprintf("<script>tea %d</script>", i), Published: now, Author: hearth.Author{ID: "a", Name: "<b>Ann</b>"}}
		b.Write(append(hearth.AppendPost(nil, &p), '\n'))
	}
	for range bad {
		b.WriteString("not <a> post\n")
	}
	return b.String()
}

func TestAFileIsSentLookedThroughImportedAndTakenBack(t *testing.T) {
	t.Parallel()
	h := open(t)
	page, _ := h.page("/settings/data")
	holds(t, page, `enctype="multipart/form-data"`, "Look it through", "Nothing is backed up by itself yet")
	h.working(func() {
		answer, body := h.sendFile("/settings/data/upload", "<img>.ndjson", lines(40, 3), "format", "")
		if answer.StatusCode != http.StatusSeeOther {
			t.Fatalf("the file answers %d: %s", answer.StatusCode, body)
		}
		at := answer.Header.Get("Location")
		page := h.until(at, `value="import"`)
		holds(t, page, "&lt;img&gt;.ndjson", "Nothing is stored yet.", ">43<", ">40<", "&lt;script&gt;tea 0&lt;/script&gt;", "&lt;b&gt;Ann&lt;/b&gt;", "not &lt;a&gt; post", "Records 41, 42, 43")
		if head, err := h.archive.Head(t.Context()); err != nil || head != 0 {
			t.Errorf("the dry run stored up to %d, %v", head, err)
		}
		page, _ = h.page("/settings/data")
		holds(t, page, "Waiting for you", "&lt;img&gt;.ndjson", "waits for you", at)

		h.follow(at, "do", "import")
		page = h.until(at, `value="undo"`)
		holds(t, page, "imported", "Refused records", "not &lt;a&gt; post")
		page = h.until("/settings/data", "40 posts stored") // the import may be shown as stored before it has ended
		holds(t, page, "Imported", "3 refused")
		page = h.follow(at, "do", "undo")
		holds(t, page, "Taken back", "taken back")
	}, h.uploads.Kinds()...)
}

func TestWhatIsWrongWithAFileIsSaidAtItsField(t *testing.T) {
	t.Parallel()
	h := open(t)
	answer, page := h.sendFile("/settings/data/upload", "a.bin", "\x00", "format", "", "set-map", "text=body")
	if answer.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a file nobody knows answers %d", answer.StatusCode)
	}
	holds(t, page, "cannot be recognised", `value="text=body"`, `aria-invalid="true"`)
	answer, page = h.sendFile("/settings/data/upload", "a.ndjson", lines(1, 0), "format", "ndjson", "set-network", "No Such!")
	if answer.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a wrong setting answers %d", answer.StatusCode)
	}
	holds(t, page, `value="No Such!"`, "1 to 32 of the characters")
	if answer, _ := h.send("/settings/data/upload", "format", "csv"); answer.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a form without a file answers %d", answer.StatusCode)
	}
	if answer, _ := h.get("/settings/data/imports/file-00"); answer.StatusCode != http.StatusNotFound {
		t.Errorf("an import that is not there answers %d", answer.StatusCode)
	}
}

func TestBackupsAreScheduledAndTheFirstOneIsBegun(t *testing.T) {
	t.Parallel()
	h := open(t)
	answer, page := h.send("/settings/data/backup", "directory", "backup", "at", "03:30", "zone", "UTC", "keep", "7")
	if answer.StatusCode != http.StatusUnprocessableEntity {
		t.Fatalf("a directory from nowhere answers %d", answer.StatusCode)
	}
	holds(t, page, "from the root on, such as /backup.", `value="backup"`)
	dir := filepath.ToSlash(t.TempDir())
	page = h.follow("/settings/data/backup", "directory", dir, "at", "03:30", "zone", "Europe/Berlin", "keep", "3")
	holds(t, page, "daily at 03:30", "Europe/Berlin", dir+", 3 kept", "never", "Latest", "waiting", `value="cancel"`)
	page = h.follow("/settings/jobs", "do", "remove", "id", "backup", "back", "/settings/data")
	holds(t, page, "Nothing is backed up by itself yet")
}

func TestWhatIsKeptIsSaidWithItsSizes(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.view.Status.Storage = client.Storage{Used: 4_200_000, Free: 7_000_000_000}
	h.view.Status.Posts = 1000
	h.view.Status.Window = &client.Window{Hours: 36, Limit: 20e9, Posts: 1234, Bytes: 5_600_000}
	page, _ := h.page("/settings/data")
	holds(t, page, "4.2 MB", "7.0 GB", "4.2 kB", "5.6 MB", "36 h, at most 20.0 GB; 1,234 posts now.", "/mentions/export.csv?period=all")
	h.actor = func(*http.Request) (access.Actor, error) { return access.Limited(here, 0, access.ReadOperations), nil }
	page, _ = h.page("/settings/data")
	for _, form := range []string{"<input", "/mentions/export"} {
		if main := page[strings.Index(page, "<main"):strings.Index(page, "</main>")]; strings.Contains(main, form) {
			t.Errorf("who may only look is offered %s", form)
		}
	}
}
