package webhook_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hearth"
	"hearth/network"
	"hearth/network/networktest"
	"hearth/network/webhook"
)

var (
	arrived = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	happens = time.Date(2026, 11, 1, 11, 0, 0, 0, time.UTC)
)

const secret = "whsec_bm90IGEgc2VjcmV0IGJ1dCBsb25nIGVub3VnaA=="

func session(t testing.TB, settings map[string]string) *network.Session {
	t.Helper()
	all := map[string]string{"secret": secret, "network": "shop"}
	for name, value := range settings {
		all[name] = value
	}
	s := networktest.Session(t, webhook.Network(), all)
	s.Clock = hearth.SystemClock
	return s
}

func read(t testing.TB, settings map[string]string, header http.Header, body string) *network.Batch {
	t.Helper()
	b := new(network.Batch)
	if header == nil {
		header = http.Header{}
	}
	webhook.Network().Webhook.Read(session(t, settings), &network.Delivery{Header: header, Body: []byte(body), Received: arrived}, b)
	return b
}

func post(id, text string) hearth.Post { return hearth.Post{Network: "shop", ID: id, Text: text} }

// event is a CloudEvent in the JSON format.
func cloudEvent(kind, more string) string {
	return `{"specversion":"1.0","id":"e1","source":"/reviews","type":"` + kind + `","time":"2026-11-01T11:00:00Z"` + more + `}`
}

func TestEveryFormOfADeliveryIsRead(t *testing.T) {
	t.Parallel()
	binary := http.Header{}
	for name, value := range map[string]string{
		"Ce-Specversion": "1.0", "Ce-Id": "e1", "Ce-Source": "/reviews", "Ce-Type": "com.shop.review.created", "Ce-Subject": "caf%C3%A9",
		"Ce-Time": "2026-11-01T11:00:00Z", "Content-Type": "text/plain; charset=utf-8",
	} {
		binary.Set(name, value)
	}
	published := post("r1", "The kettle broke")
	published.Published = happens
	spoken := published
	spoken.ID = "café"
	for name, c := range map[string]struct {
		settings map[string]string
		header   http.Header
		body     string
		want     []network.Event
	}{
		"one document": {body: `{"id":"r1","text":"The kettle broke"}`,
			want: []network.Event{{At: arrived, Post: post("r1", "The kettle broke")}}},
		"an array": {body: `[{"id":"r1","text":"a"},{"id":"r2","text":"b","network":"shop"}]`,
			want: []network.Event{{At: arrived, Post: post("r1", "a")}, {At: arrived, Post: post("r2", "b")}}},
		"lines": {body: "{\"id\":\"r1\",\"text\":\"a\"}\n\n{\"id\":\"r2\",\"text\":\"b\"}",
			want: []network.Event{{At: arrived, Post: post("r1", "a")}, {At: arrived, Post: post("r2", "b")}}},
		"mapped": {settings: map[string]string{"map": "text=comment.body,id=no"}, body: `{"no":17,"comment":{"body":"a"}}`,
			want: []network.Event{{At: arrived, Post: post("17", "a")}}},
		"a structured event": {body: cloudEvent("com.shop.review.created", `,"data":{"id":"r1","text":"The kettle broke"}`),
			want: []network.Event{{At: happens, Post: published}}},
		"an event of text": {body: cloudEvent("com.shop.review", `,"subject":"r1","datacontenttype":"text/plain","data":"The kettle broke"`),
			want: []network.Event{{At: happens, Post: published}}},
		"an event in Base64": {body: cloudEvent("com.shop.review", `,"datacontenttype":"application/json","data_base64":"eyJpZCI6InIxIiwidGV4dCI6IlRoZSBrZXR0bGUgYnJva2UifQ=="`),
			want: []network.Event{{At: happens, Post: published}}},
		"a batch of events": {body: "[" + cloudEvent("a.edited", `,"data":{"id":"r1","text":"b"}`) + "," + cloudEvent("a.deleted", `,"subject":"r2"`) + "]",
			want: []network.Event{{Op: network.Update, Revision: "e1", At: happens, Post: post("r1", "b")},
				{Op: network.Delete, At: happens, Post: hearth.Post{Network: "shop", ID: "r2"}}}},
		"a binary event": {header: binary, body: "The kettle broke",
			want: []network.Event{{At: happens, Post: spoken}}},
		"another network that is allowed": {settings: map[string]string{"network": "shop, forum"}, body: `{"network":"forum","id":"1","text":"a"}`,
			want: []network.Event{{At: arrived, Post: hearth.Post{Network: "forum", ID: "1", Text: "a"}}}},
	} {
		b := read(t, c.settings, c.header, c.body)
		if len(b.Rejects) > 0 {
			t.Errorf("%s: %s", name, b.Rejects[0].Reason)
		}
		if diff := cmp.Diff(c.want, b.Events); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestAPostWithoutAnIDHasTheSameOneEachTime(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{"text":"a"}`, cloudEvent("x", `,"data":{"text":"a"}`)} {
		first, second := read(t, nil, nil, body), read(t, nil, nil, body)
		if len(first.Events) != 1 || first.Events[0].Post.ID == "" || first.Events[0].Post.ID != second.Events[0].Post.ID {
			t.Errorf("%s: %+v", body, first)
		}
	}
}

func TestWhatCannotBeReadIsRejectedAndTheRestIsRead(t *testing.T) {
	t.Parallel()
	good := `{"id":"good","text":"x"}`
	for _, bad := range []string{
		`{"id":"1"}`, `{"id":1,"text":"x"}`, `{"text":`, `17`, `{"network":"bluesky","id":"1","text":"not yours"}`,
		cloudEvent("x", `,"data":[1]`), cloudEvent("x", `,"data_base64":"!"`), cloudEvent("x.deleted", ``),
		cloudEvent("x", `,"datacontenttype":"image/png","data_base64":"AAAA"`), `{"specversion":"0.3","id":"1","source":"a","type":"b"}`,
		`{"specversion":"1.0","source":"a","type":"b"}`, cloudEvent("x.deleted", `,"data":{"id":"1","network":"bluesky"}`),
		`{"id":"` + strings.Repeat("x", 600) + `","text":"x"}`,
	} {
		b := read(t, nil, nil, good+"\n"+bad+"\n"+strings.Replace(good, "good", "better", 1))
		if len(b.Rejects) != 1 || b.Rejects[0].Reason == "" || b.Rejects[0].Line != 2 || len(b.Rejects[0].Raw) == 0 {
			t.Errorf("%s: rejects %+v", bad, b.Rejects)
		}
		if len(b.Events) != 2 || b.Events[0].Post.ID != "good" || b.Events[1].Post.ID != "better" {
			t.Errorf("%s: %d events", bad, len(b.Events))
		}
	}
}

// proves IB1 for deliveries
func TestHostileDeliveriesAreCutOff(t *testing.T) {
	t.Parallel()
	var bomb bytes.Buffer
	z, _ := gzip.NewWriterLevel(&bomb, gzip.BestCompression)
	io.CopyN(z, zeros{}, 200<<20)
	z.Close()
	for name, body := range map[string]string{
		"a bomb":           bomb.String(),
		"many records":     strings.Repeat("{\"text\":\"x\"}\n", 10_050),
		"deep":             strings.Repeat("[", 100_000),
		"deep in a member": `{"text":"x","a":` + strings.Repeat(`{"a":`, 100_000),
		"many members":     "{" + strings.Repeat(`"a":1,`, 1_000_000) + `"text":"x"}`,
		"not UTF-8":        "{\"text\":\"\xff\xfe\"}",
		"nothing":          "",
	} {
		b := read(t, nil, nil, body)
		if len(b.Events) > 10_000 || len(b.Rejects) > 10_001 {
			t.Errorf("%s: %d events, %d rejects", name, len(b.Events), len(b.Rejects))
		}
		if name != "nothing" && name != "not UTF-8" && len(b.Rejects) == 0 {
			t.Errorf("%s is taken without a word", name)
		}
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func FuzzRead(f *testing.F) {
	f.Add(`{"id":"1","text":"a"}`, "")
	f.Add("["+cloudEvent("a.deleted", `,"subject":"1"`)+"]", "")
	f.Add("plain", "1.0")
	s := session(f, nil)
	hook := webhook.Network().Webhook
	f.Fuzz(func(t *testing.T, body, version string) {
		h := http.Header{}
		if version != "" {
			h.Set("Ce-Specversion", version)
			h.Set("Ce-Id", "1")
			h.Set("Ce-Source", body)
			h.Set("Ce-Type", "a")
		}
		b := new(network.Batch)
		hook.Read(s, &network.Delivery{Header: h, Body: []byte(body), Received: arrived}, b)
		for i := range b.Events {
			p := &b.Events[i].Post
			if err := p.Check(); err != nil || p.Network != "shop" {
				t.Fatalf("%q gives %+v: %v", body, p, err)
			}
		}
	})
}

func TestSecretsAreMadeLongAndTakenInRotation(t *testing.T) {
	t.Parallel()
	n := webhook.Network()
	field := n.Fields[0]
	made := field.Make(make([]byte, 32))
	for value, good := range map[string]bool{made: true, made + " " + secret: true, "short": false, "whsec_!!!": false, "a b c d e f g h": false} {
		if err := field.Check(value); (err == nil) != good {
			t.Errorf("%q: %v", value, err)
		}
	}
	for _, key := range []string{made, secret} {
		d := &network.Delivery{Header: http.Header{}, Body: []byte("{}")}
		s := session(t, map[string]string{"secret": made + " " + secret})
		sc, _ := network.SchemeOf("standard")
		sc.Sign(d.Header, decoded(t, key), "1", hearth.SystemClock(), d.Body)
		if id, err := n.Webhook.Verify(s, d); err != nil || id != "1" {
			t.Errorf("signed with %s: %q, %v", key, id, err)
		}
	}
}

func decoded(t *testing.T, key string) []byte {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(key, "whsec_"))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// TestTheExampleWorks runs what people are shown, with the real commands.
func TestTheExampleWorks(t *testing.T) {
	t.Parallel()
	for _, command := range []string{"sh", "openssl", "curl", "od"} {
		if _, err := exec.LookPath(command); err != nil {
			t.Skipf("the example needs %s, which is not here", command)
		}
	}
	n := webhook.Network()
	for _, sc := range network.Schemes() {
		for _, key := range []string{secret, "only words, not in Base64"} {
			settings := map[string]string{"secret": strings.ReplaceAll(key, " ", "-"), "signature": sc.Name}
			s := session(t, settings)
			verdict := make(chan error, 1)
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				_, err := n.Webhook.Verify(s, &network.Delivery{Header: r.Header, Body: body})
				verdict <- err
			}))
			script := strings.Replace(n.Webhook.Example(s, server.URL+"/in/x'y"), "secret='…'", fmt.Sprintf("secret='%s'", settings["secret"]), 1)
			out, err := exec.CommandContext(t.Context(), "sh", "-c", script).CombinedOutput()
			if err != nil {
				t.Fatalf("%s: %v\n%s\n%s", sc.Name, err, script, out)
			}
			if err := <-verdict; err != nil {
				t.Errorf("%s: %v\n%s", sc.Name, err, script)
			}
			server.Close()
		}
	}
}
