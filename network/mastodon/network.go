package mastodon

import (
	"net/url"
	"strings"
	"time"

	"hearth"
	"hearth/network"
)

// pace is what tests cannot wait for.
type pace struct {
	poll    time.Duration // between two questions to a server without an event stream for us
	recheck time.Duration // between two looks at what was given out, on such a server
	settle  time.Duration // until a stream that was opened is sure to be subscribed
	call    time.Duration // how long an answer may take
}

// Network is Mastodon and those who speak its API.
func Network() network.Network {
	return build(pace{poll: time.Minute, recheck: 10 * time.Minute, settle: 5 * time.Second, call: 30 * time.Second})
}

func build(p pace) network.Network {
	return network.Network{
		Name:  Name,
		Title: "Mastodon",
		Fields: []network.Field{
			{
				Name: "server", Title: "Server", Required: true, Check: func(v string) error { _, err := parseServer(v); return err },
				Help: "Address of the server, like https://social.example.",
			},
			{
				Name: "token", Title: "Access token", Secret: true,
				Help: "Token of an account there with the scope read:statuses; without one, most servers give posts by the minute and not live; with read:search as well, older posts can be found.",
			},
			{
				Name: "timeline", Title: "Timeline", Default: "public", Choices: []string{"public", "local", "hashtag", "list", "home"},
				Help: "What to read: all public posts the server knows, its own, a hashtag, a list or the home of the token's account.",
			},
			{
				Name: "hashtag", Title: "Hashtag", Check: checkName,
				Help: "The hashtag to read, without #, where the timeline is hashtag.",
			},
			{
				Name: "list", Title: "List", Check: checkName,
				Help: "The number of the list to read, where the timeline is list.",
			},
			{
				Name: "consent", Title: "Consent", Default: "noindex", Choices: []string{"noindex", "indexable"},
				Help: "Whom to read: all but those who do not want to be found by search engines (noindex), or only those who have joined the server's own search (indexable), which few have.",
			},
			{
				Name: "transport", Title: "Live stream", Default: "auto", Choices: []string{"auto", "sse", "websocket"},
				Help: "How posts come live: as server-sent events (sse), over a web socket, or by whichever of the two the server has (auto).",
			},
		},
		Stream: p.stream,
		Search: p.search,
		Decode: decode,
	}
}

// parseServer reads the address of a server.
func parseServer(s string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSuffix(s, "/"))
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, hearth.Errorf(hearth.Invalid, "%q is not an address like https://social.example.", s)
	}
	return u, nil
}

func checkName(value string) error {
	if strings.ContainsAny(value, "/?#& \t\n") || len(value) > 200 {
		return hearth.Errorf(hearth.Invalid, "%q is none; write it alone and without #.", value)
	}
	return nil
}

// timeline is where a timeline is found.
type timeline struct {
	name  string // of the timeline, in the cursor
	page  string // path for paging
	live  string // path of the event stream
	query url.Values
	open  bool // everybody's posts, so that consent counts
}

func timelineOf(settings map[string]string) (timeline, error) {
	need := func(field, title string) error {
		return &hearth.Error{Code: hearth.Invalid, Field: field, Message: title + " is required for this timeline."}
	}
	switch kind := settings["timeline"]; kind {
	case "local":
		return timeline{name: kind, page: "public", live: "public/local", query: url.Values{"local": {"true"}}, open: true}, nil
	case "hashtag":
		tag := settings["hashtag"]
		if tag == "" {
			return timeline{}, need("hashtag", "Hashtag")
		}
		return timeline{name: "hashtag:" + url.QueryEscape(tag), page: "tag/" + url.PathEscape(tag), live: "hashtag", query: url.Values{"tag": {tag}}, open: true}, nil
	case "list":
		list := settings["list"]
		if list == "" {
			return timeline{}, need("list", "List")
		}
		return timeline{name: "list:" + url.QueryEscape(list), page: "list/" + url.PathEscape(list), live: "list", query: url.Values{"list": {list}}, open: true}, nil
	case "home":
		if settings["token"] == "" {
			return timeline{}, need("token", "Access token")
		}
		return timeline{name: kind, page: "home", live: "user"}, nil
	}
	return timeline{name: "public", page: "public", live: "public", open: true}, nil
}
