package contacts

import (
	"encoding/json"
	"fmt"
	"runtime"
	"testing"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/load"
)

// TestWeightIsWhatARecordTakes: what records are reckoned to take is neither half nor twice what they do.
func TestWeightIsWhatARecordTakes(t *testing.T) {
	for _, columns := range []int{8, 60, 150, 400} {
		n := 30_000 / columns
		entries, inUse, weight := make([]*entry, n), heap(), int64(0)
		for i := range entries {
			values, data := make(map[string]crm.Value, columns), make(map[string]string, columns)
			for c := range columns {
				name := fmt.Sprint("column ", c)
				data[name] = fmt.Sprintf("answer %d of person %d", c, i)
				values[names[c]] = crm.Value{Data: data[name]}
			}
			text, err := json.Marshal(data)
			if err != nil {
				t.Fatal(err)
			}
			entries[i] = &entry{Record: &load.Record{Data: text}, want: crm.Desired{Values: values}}
			weight += int64(entries[i].weight())
		}
		if took := heap() - inUse; weight > 2*took || 2*weight < took {
			t.Errorf("%d records of %d columns take %d bytes each, reckoned %d", n, columns, took/int64(n), weight/int64(n))
		} else {
			t.Logf("%d columns: %d bytes, reckoned %d", columns, took/int64(n), weight/int64(n))
		}
		runtime.KeepAlive(entries)
	}
}

// names are of fields, which all records share.
var names = func() (names [400]string) {
	for i := range names {
		names[i] = fmt.Sprint("field ", i)
	}
	return names
}()
