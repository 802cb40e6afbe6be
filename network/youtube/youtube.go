package youtube

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"hearth"
	"hearth/network"
)

// Name is the network's name in posts.
const Name = "youtube"

const (
	publicAPI = "https://www.googleapis.com/youtube/v3"
	site      = "https://www.youtube.com"
)

// Network is YouTube.
func Network() network.Network {
	return build(pace{least: 30 * time.Second, recheck: time.Hour, call: 30 * time.Second, page: 100})
}

// pace is what tests make quicker and smaller.
type pace struct {
	least   time.Duration // between two looks
	recheck time.Duration // between two looks at all that is known
	call    time.Duration // how long a call may take
	page    int           // threads asked for at a time
}

func build(p pace) network.Network {
	return network.Network{
		Name:  Name,
		Title: "YouTube comments",
		Fields: []network.Field{
			{
				Name: "key", Title: "API key", Required: true, Secret: true,
				Help: "A key of a Google Cloud project in which the YouTube Data API v3 is switched on.",
			},
			{
				Name: "channels", Title: "Channels", Check: func(v string) error { _, err := parseChannels(v); return err },
				Help: "Channels whose comments are read, below all their videos: ids (UC…), handles (@acme) or addresses, separated by commas.",
			},
			{
				Name: "videos", Title: "Videos", Check: func(v string) error { _, err := parseVideos(v); return err },
				Help: "Single videos whose comments are read: ids or addresses, separated by commas.",
			},
			{
				Name: "interval", Title: "Interval", Default: "5m", Check: network.CheckInterval(p.least, 24*time.Hour),
				Help: "How often to ask what is new, at most; it is asked less often where the quota would not last.",
			},
			{
				Name: "quota", Title: "Quota", Default: "9000", Check: checkQuota,
				Help: "Units of the key's daily quota that this source may use; most keys have 10,000 for everything that uses them.",
			},
			{
				Name: "server", Title: "Server", Default: publicAPI, Check: func(v string) error { _, err := network.ParseServer(v, publicAPI); return err },
				Help: "Address of the API.",
			},
		},
		Stream: p.stream,
		Search: p.search,
		Decode: decode,
	}
}

func checkQuota(v string) error {
	if n, err := strconv.Atoi(v); err != nil || n < 10 || n > 100_000_000 {
		return hearth.Errorf(hearth.Invalid, "%q is not a number of units from 10 on.", v)
	}
	return nil
}

const maxTargets = 50 // channels, and videos

var (
	channelID     = regexp.MustCompile(`^UC[A-Za-z0-9_-]{22}$`)
	channelHandle = regexp.MustCompile(`^@[^\s/?#,@]{1,100}$`)
	videoID       = regexp.MustCompile(`^[A-Za-z0-9_-]{11}$`)
)

// parseChannels reads ids and handles, alone or in addresses.
func parseChannels(setting string) ([]string, error) {
	return parseTargets(setting, "a channel like UC… or @acme", func(s string) string {
		if u, err := url.Parse(s); err == nil && u.Host != "" {
			parts := strings.Split(strings.Trim(u.Path, "/"), "/")
			if s = parts[0]; s == "channel" && len(parts) > 1 {
				s = parts[1]
			}
		}
		if channelID.MatchString(s) || channelHandle.MatchString(s) {
			return s
		}
		return ""
	})
}

// parseVideos reads ids, alone or in addresses.
func parseVideos(setting string) ([]string, error) {
	return parseTargets(setting, "a video like dQw4w9WgXcQ", func(s string) string {
		if u, err := url.Parse(s); err == nil && u.Host != "" {
			if s = u.Query().Get("v"); s == "" {
				s = u.Path[strings.LastIndexByte(u.Path, '/')+1:]
			}
		}
		if videoID.MatchString(s) {
			return s
		}
		return ""
	})
}

func parseTargets(setting, example string, read func(string) string) (list []string, err error) {
	for _, s := range strings.FieldsFunc(setting, func(c rune) bool { return c == ',' || c == ' ' || c == '\n' }) {
		target := read(s)
		if target == "" {
			return nil, hearth.Errorf(hearth.Invalid, "%q is not %s.", s, example)
		}
		if !slices.Contains(list, target) {
			list = append(list, target)
		}
	}
	if len(list) > maxTargets {
		return nil, hearth.Errorf(hearth.Invalid, "These are %d; one source reads at most %d. Add another source for the rest.", len(list), maxTargets)
	}
	return list, nil
}
