package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"strconv"

	"hearth/analysis/feature"
)

// emojiRows are one short text for each emoji of the Emoji Sentiment Ranking
// (Kralj Novak et al., PLOS ONE 2015; CC BY-SA 4.0), with the shares of negative,
// neutral and positive posts it was seen in.
func emojiRows() ([]row, error) {
	var rows []row
	_, err := readGzip("lexicons/emoji-sentiment-v1.csv.gz", func(r io.Reader) ([]feature.Entry, error) {
		reader := csv.NewReader(r)
		reader.FieldsPerRecord = -1
		records, err := reader.ReadAll()
		if err != nil {
			return nil, err
		}
		for _, record := range records[1:] {
			if len(record) < 9 || record[2] == "-" {
				continue // added by hand, without counts
			}
			var counts [classes]float64
			sum := 0.0
			for k := range counts {
				n, err := strconv.ParseFloat(record[4+k], 64)
				if err != nil {
					return nil, fmt.Errorf("emoji %s: %w", record[0], err)
				}
				counts[k] = n + 1
				sum += n + 1
			}
			weight := min(6, math.Sqrt(sum)/8)
			for _, s := range []string{record[0], record[0] + record[0] + record[0]} {
				out := row{set: "emoji", text: s}
				for k := range counts {
					out.wants[k] = float32(counts[k] / sum * weight)
				}
				rows = append(rows, out)
			}
		}
		return nil, nil
	})
	return rows, err
}
