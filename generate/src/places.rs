//! Where users live.

/// A city, with its share of the users.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) weight: u32,
    pub(crate) country: &'static str,
    pub(crate) state: &'static str,
    pub(crate) city: &'static str,
}

const fn place(weight: u32, country: &'static str, state: &'static str, city: &'static str) -> Place {
    Place { weight, country, state, city }
}

/// Weights are per mille. Some users have no state or city, a few have no country, and `NA` is
/// Namibia.
pub(crate) const PLACES: [Place; 40] = [
    place(80, "US", "California", "Los Angeles"),
    place(60, "US", "Texas", "Austin"),
    place(40, "US", "District of Columbia", "Washington, DC"),
    place(40, "US", "New York", "New York"),
    place(10, "US", "", ""),
    place(80, "IN", "Maharashtra", "Mumbai"),
    place(40, "IN", "Karnataka", "Bengaluru"),
    place(20, "IN", "", "Delhi"),
    place(60, "BR", "São Paulo", "São Paulo"),
    place(30, "BR", "Rio de Janeiro", "Rio de Janeiro"),
    place(10, "BR", "", ""),
    place(40, "DE", "Bavaria", "München"),
    place(20, "DE", "Berlin", "Berlin"),
    place(40, "GB", "England", "London"),
    place(20, "GB", "Scotland", "Edinburgh"),
    place(30, "JP", "Tokyo", "Tokyo"),
    place(10, "JP", "Osaka", "大阪"),
    place(10, "JP", "", ""),
    place(40, "MX", "Jalisco", "Guadalajara"),
    place(20, "MX", "", "Mexico City"),
    place(50, "ID", "West Java", "Bandung"),
    place(20, "ID", "Jakarta", "Jakarta"),
    place(40, "TR", "Istanbul", "İstanbul"),
    place(10, "TR", "", "Ankara"),
    place(40, "PH", "Metro Manila", "Manila"),
    place(10, "PH", "", ""),
    place(20, "FR", "Île-de-France", "Paris"),
    place(10, "FR", "Provence-Alpes-Côte d'Azur", "Marseille"),
    place(30, "KR", "Seoul", "Seoul"),
    place(10, "VN", "Hà Nội", "Hà Nội"),
    place(10, "VN", "", "Hồ Chí Minh"),
    place(15, "CA", "Ontario", "Toronto"),
    place(5, "CA", "Quebec", "Montréal"),
    place(10, "ES", "Madrid", "Madrid"),
    place(3, "ES", "Catalonia", "L'Hospitalet, \"Hospi\""),
    place(3, "NA", "Khomas", "Windhoek"),
    place(4, "PL", "Mazowieckie", "Łódź; Śródmieście"),
    place(3, "AE", "Dubai", "دبي"),
    place(3, "GR", "Attica", "Αθήνα"),
    place(4, "", "", ""),
];
