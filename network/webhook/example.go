package webhook

import (
	"fmt"
	"strings"

	"hearth/network"
)

// example is network.Webhook.Example.
func example(s *network.Session, address string) string {
	sc := scheme(s.Settings)
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line(`secret='…'   # the secret of the source`)
	line(`body='{"id":"1","text":"The kettle broke"}'`)
	signature := `$secret`
	if !sc.Plain {
		line(`id=$(openssl rand -hex 8); time=$(date +%%s)`)
		key := `printf %s "$secret"`
		if sc.Name == "standard" && strings.HasPrefix(s.Settings["secret"], secretPrefix) {
			key = `printf %s "${secret#whsec_}" | openssl base64 -d -A`
		}
		line(`key=$(%s | od -An -v -tx1 | tr -d ' \n')`, key)
		encode := `od -An -v -tx1 | tr -d ' \n'`
		if sc.Base64 {
			encode = `openssl base64 -A`
		}
		before := strings.NewReplacer("{id}", "$id", "{time}", "$time").Replace(sc.Before)
		line(`sum=$(printf %%s "%s$body" | openssl dgst -sha256 -mac HMAC -macopt hexkey:$key -binary | %s)`, before, encode)
		signature = "$sum"
	}
	signature = sc.Marks[0].Prefix + signature
	if sc.Pairs {
		signature = "t=$time," + signature
	}
	line(`curl -i %s \`, quoted(address))
	line(`  -H 'Content-Type: application/json' \`)
	if sc.ID != "" {
		line(`  -H "%s: $id" \`, sc.ID)
	}
	if sc.Time != "" {
		line(`  -H "%s: $time" \`, sc.Time)
	}
	line(`  -H "%s: %s" \`, sc.Header, signature)
	line(`  --data-binary "$body"`)
	return b.String()
}

// quoted is a word of a shell.
func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
