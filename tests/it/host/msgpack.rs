//! As much of msgpack as Terraform's values need.

/// Writes the smallest form of each item.
#[derive(Debug, Default)]
pub(crate) struct Writer(Vec<u8>);

impl Writer {
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    pub(crate) fn nil(&mut self) {
        self.0.push(0xc0);
    }

    pub(crate) fn unknown(&mut self) {
        self.0.extend([0xd4, 0, 0]);
    }

    pub(crate) fn bool(&mut self, flag: bool) {
        self.0.push(0xc2 + u8::from(flag));
    }

    pub(crate) fn unsigned(&mut self, number: u64) {
        let bytes = number.to_be_bytes();
        match number {
            0..=0x7f => self.0.push(bytes[7]),
            0x80..=0xff => self.coded(0xcc, &bytes[7..]),
            0x100..=0xffff => self.coded(0xcd, &bytes[6..]),
            0x1_0000..=0xffff_ffff => self.coded(0xce, &bytes[4..]),
            _ => self.coded(0xcf, &bytes),
        }
    }

    pub(crate) fn signed(&mut self, number: i64) {
        let bytes = number.to_be_bytes();
        match number {
            -32..=-1 => self.0.push(bytes[7]),
            -0x80..=-33 => self.coded(0xd0, &bytes[7..]),
            -0x8000..=-0x81 => self.coded(0xd1, &bytes[6..]),
            -0x8000_0000..=-0x8001 => self.coded(0xd2, &bytes[4..]),
            _ => self.coded(0xd3, &bytes),
        }
    }

    pub(crate) fn float(&mut self, number: f64) {
        self.coded(0xcb, &number.to_be_bytes());
    }

    pub(crate) fn string(&mut self, text: &str) {
        let length = text.len().to_be_bytes();
        match text.len() {
            0..=31 => self.0.push(0xa0 | length[7]),
            32..=0xff => self.coded(0xd9, &length[7..]),
            0x100..=0xffff => self.coded(0xda, &length[6..]),
            _ => self.coded(0xdb, &length[4..]),
        }
        self.0.extend(text.bytes());
    }

    pub(crate) fn binary(&mut self, content: &[u8]) {
        let length = content.len().to_be_bytes();
        match content.len() {
            0..=0xff => self.coded(0xc4, &length[7..]),
            0x100..=0xffff => self.coded(0xc5, &length[6..]),
            _ => self.coded(0xc6, &length[4..]),
        }
        self.0.extend(content);
    }

    pub(crate) fn array(&mut self, length: usize) {
        self.collection(length, 0x90, 0xdc, 0xdd);
    }

    pub(crate) fn map(&mut self, length: usize) {
        self.collection(length, 0x80, 0xde, 0xdf);
    }

    fn collection(&mut self, length: usize, small: u8, medium: u8, large: u8) {
        let bytes = length.to_be_bytes();
        match length {
            0..=15 => self.0.push(small | bytes[7]),
            16..=0xffff => self.coded(medium, &bytes[6..]),
            _ => self.coded(large, &bytes[4..]),
        }
    }

    fn coded(&mut self, code: u8, bytes: &[u8]) {
        self.0.push(code);
        self.0.extend(bytes);
    }
}

/// One item; of collections just the head.
#[derive(Debug)]
pub(crate) enum Token {
    Nil,
    Bool(bool),
    Signed(i64),
    Unsigned(u64),
    Float(f64),
    String(String),
    Binary(Vec<u8>),
    Array(usize),
    Map(usize),
    Extension { code: i8, length: usize },
}

/// Reads items one by one.
#[derive(Debug)]
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) fn is_at_end(&self) -> bool {
        self.0.is_empty()
    }

    /// A string, as every key has to be.
    pub(crate) fn string(&mut self) -> Result<String, String> {
        match self.token()? {
            Token::String(text) => Ok(text),
            other => Err(format!("{other:?} where a key is expected")),
        }
    }

    pub(crate) fn token(&mut self) -> Result<Token, String> {
        let code = self.take(1)?[0];
        Ok(match code {
            0x00..=0x7f => Token::Unsigned(code.into()),
            0x80..=0x8f => Token::Map(usize::from(code & 0x0f)),
            0x90..=0x9f => Token::Array(usize::from(code & 0x0f)),
            0xa0..=0xbf => self.text(usize::from(code & 0x1f))?,
            0xc0 => Token::Nil,
            0xc2 | 0xc3 => Token::Bool(code == 0xc3),
            0xc4..=0xc6 => {
                let length = self.length(1 << (code - 0xc4))?;
                Token::Binary(self.take(length)?.to_vec())
            }
            0xc7..=0xc9 => {
                let length = self.length(1 << (code - 0xc7))?;
                self.extension(length)?
            }
            0xca => Token::Float(f32::from_bits(self.unsigned(4)? as u32).into()),
            0xcb => Token::Float(f64::from_bits(self.unsigned(8)?)),
            0xcc..=0xcf => Token::Unsigned(self.unsigned(1 << (code - 0xcc))?),
            0xd0..=0xd3 => Token::Signed(self.signed(1 << (code - 0xd0))?),
            0xd4..=0xd8 => self.extension(1 << (code - 0xd4))?,
            0xd9..=0xdb => {
                let length = self.length(1 << (code - 0xd9))?;
                self.text(length)?
            }
            0xdc | 0xdd => Token::Array(self.length(2 << (code - 0xdc))?),
            0xde | 0xdf => Token::Map(self.length(2 << (code - 0xde))?),
            0xe0..=0xff => Token::Signed(i64::from(code as i8)),
            0xc1 => return Err("the code 0xc1 is never used".to_owned()),
        })
    }

    fn text(&mut self, length: usize) -> Result<Token, String> {
        let bytes = self.take(length)?.to_vec();
        String::from_utf8(bytes).map(Token::String).map_err(|error| error.to_string())
    }

    fn extension(&mut self, length: usize) -> Result<Token, String> {
        let code = self.take(1)?[0] as i8;
        self.take(length)?;
        Ok(Token::Extension { code, length })
    }

    fn length(&mut self, width: usize) -> Result<usize, String> {
        self.unsigned(width).map(|length| length as usize)
    }

    fn unsigned(&mut self, width: usize) -> Result<u64, String> {
        Ok(self.take(width)?.iter().fold(0, |number, byte| (number << 8) | u64::from(*byte)))
    }

    fn signed(&mut self, width: usize) -> Result<i64, String> {
        let unused = 64 - 8 * width;
        Ok((self.unsigned(width)? << unused) as i64 >> unused)
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], String> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or("the value is cut off")?;
        self.0 = rest;
        Ok(taken)
    }
}
